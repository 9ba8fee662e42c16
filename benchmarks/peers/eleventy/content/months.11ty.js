import { cards } from "./_includes/parts.js";

export const data = {
  layout: "base.11ty.js",
  pagination: { data: "collections.months", size: 1, alias: "group", addAllPagesToCollections: true },
  permalink: ({ group }) => `/archive/${group.month.replace("-", "/")}/`,
  eleventyComputed: { title: ({ group }) => group.month },
};

export function render({ group, terms }) {
  return `<header class="opening"><h1>${group.month}</h1></header>
${cards(terms, group.entries)}`;
}
