import { links } from "./_includes/parts.js";

export const data = {
  layout: "base.11ty.js",
  pagination: { data: "collections.kinds", size: 1, alias: "index", addAllPagesToCollections: true },
  permalink: ({ index }) => `/${index.kind}/`,
  eleventyComputed: { title: ({ index }) => index.kind },
};

export function render({ index, terms }) {
  const lines = index.groups.map(
    ([id, found]) => `  <li>${links(terms, index.kind, [id])} <span class="count">${found.length}</span></li>`,
  );
  return `<header class="opening"><h1>${index.kind}</h1></header>
<ul class="counts">
${lines.join("\n")}
</ul>`;
}
