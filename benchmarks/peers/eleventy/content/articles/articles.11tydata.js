export default {
  layout: "article.11ty.js",
  tags: "articles",
  permalink: ({ page, slug }) => `/articles/${page.date.toISOString().slice(0, 7).replace("-", "/")}/${slug}/`,
};
