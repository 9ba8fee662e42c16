import { cards, escape, links, pager } from "./_includes/parts.js";

export const data = {
  layout: "base.11ty.js",
  pagination: { data: "collections.termParts", size: 1, alias: "part", addAllPagesToCollections: true },
  permalink: ({ part }) => (part.number > 1 ? `${part.base}page/${part.number}/` : part.base),
  eleventyComputed: { title: ({ part, terms }) => terms[part.kind][part.id].name },
};

const agreement = (terms, known) => `<section class="section">
  <h2>Participants</h2>
  <p>${links(terms, "actors", known.parties)}</p>
  <ol class="timeline">
    <li>${known.signed} <strong>signed</strong></li>
    <li>${known.in_force} <strong>in force</strong></li>
  </ol>
</section>`;

export function render({ part, terms }) {
  const known = terms[part.kind][part.id];
  return `<header class="opening">
  <h1>${escape(known.name)}</h1>
  ${known.role ? `<p class="standfirst">${escape(known.role)}</p>` : ""}
  <p class="meta"><span class="count">${part.count}</span> entries</p>
</header>
${known.parties ? agreement(terms, known) : ""}
<section class="section">
  <h2>Profile</h2>
  <p>${escape(known.profile)}</p>
</section>
<section class="section" id="entries">
  <h2>Entries</h2>
${cards(terms, part.entries)}
</section>
${pager(part.base, part.number, part.total)}`;
}
