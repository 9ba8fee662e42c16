import { cards, pager } from "./_includes/parts.js";

export const data = {
  layout: "base.11ty.js",
  pagination: { data: "collections.newest", size: 50, alias: "entries", addAllPagesToCollections: true },
  permalink: ({ pagination }) => (pagination.pageNumber ? `/page/${pagination.pageNumber + 1}/` : "/"),
};

export function render({ entries, pagination, terms }) {
  return `<header class="opening"><h1>A synthetic digest</h1></header>
${cards(terms, entries)}
${pager("/", pagination.pageNumber + 1, pagination.pages.length)}`;
}
