// What several templates share. A card is made once for each entry, whatever the number of lists that show it.

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const MONTHS = "January February March April May June July August September October November December".split(" ");
const made = new WeakMap();
const places = new WeakMap();

export const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => ESCAPES[sign]);

export const date = (day) =>
  `<time datetime="${day.toISOString().slice(0, 10)}">` +
  `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}</time>`;

export const links = (terms, kind, ids) =>
  ids.map((id) => `<a href="/${kind}/${id}/">${escape(terms[kind][id].name)}</a>`).join(", ");

export function card(terms, entry) {
  if (!made.has(entry)) made.set(entry, makeCard(terms, entry));
  return made.get(entry);
}

function makeCard(terms, { url, data, date: day }) {
  return `<article class="card">
  <h3><a href="${url}">${escape(data.title)}</a></h3>
  <p class="when">${date(day)}</p>
  <p class="summary">${escape(data.summary)}</p>
  <p class="meta"><span class="label">Speaking</span> ${links(terms, "actors", data.actors)}</p>${
    data.agreements.length
      ? `
  <p class="meta"><span class="label">On</span> ${links(terms, "agreements", data.agreements)}</p>`
      : ""
  }
  <ul class="meta facts">
    <li>${escape(data.source.publisher)}</li>
    <li><span class="count">3</span> quotes</li>
    <li><span class="count">2</span> notes</li>
  </ul>
</article>`;
}

// Eleventy's own filters for neighbours look through the whole collection for every page.
export function placeIn(collection, url) {
  if (!places.has(collection)) places.set(collection, new Map(collection.map((entry, index) => [entry.url, index])));
  return places.get(collection).get(url);
}

export const cards = (terms, entries) => `<div class="cards">
${entries.map((entry) => card(terms, entry)).join("\n")}
</div>`;

export function pager(base, number, total) {
  if (total < 2) return "";
  const address = (part) => (part === 1 ? base : `${base}page/${part}/`);
  return `<nav class="pager" aria-label="Pages">
  <ul>
    ${number > 1 ? `<li><a rel="prev" href="${address(number - 1)}">Newer</a></li>` : ""}
    <li class="place">Part ${number}</li>
    ${number < total ? `<li><a rel="next" href="${address(number + 1)}">Older</a></li>` : ""}
  </ul>
</nav>`;
}
