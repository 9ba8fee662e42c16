import { date, escape, links, placeIn } from "./parts.js";

export const data = { layout: "base.11ty.js" };

const neighbour = (entry, rel, label) =>
  entry
    ? `<li><a rel="${rel}" href="${entry.url}"><span class="label">${label}</span> ${escape(entry.data.title)}</a></li>`
    : "";

export function render({ title, summary, actors, agreements, topics, source, terms, page, collections, content }) {
  const place = placeIn(collections.articles, page.url);
  const older = collections.articles[place - 1];
  const newer = collections.articles[place + 1];
  return `<article>
  <header class="opening">
    <p class="when">${date(page.date)}</p>
    <h1>${escape(title)}</h1>
    <p class="standfirst">${escape(summary)}</p>
  </header>
  <div class="apparatus">
    <section>
      <h2>Speaking</h2>
      <ul class="speakers">
${actors
  .map((id) => `<li>${links(terms, "actors", [id])} <span class="office">${escape(terms.actors[id].role)}</span></li>`)
  .join("\n")}
      </ul>
    </section>${
      agreements.length
        ? `
    <section>
      <h2>Agreements</h2>
      <p>${links(terms, "agreements", agreements)}</p>
    </section>`
        : ""
    }
  </div>
  <div class="body">
${content}
  </div>
  <section class="section source">
    <h2>Source</h2>
    <p class="story"><cite><a href="${escape(source.url)}" rel="external">${escape(source.title)}</a></cite></p>
    <dl class="particulars"><div><dt>Publisher</dt><dd>${escape(source.publisher)}</dd></div></dl>
  </section>
  <section class="section">
    <h2>Topics</h2>
    <p class="listing">${links(terms, "topics", topics)}</p>
  </section>
</article>
<nav class="neighbours" aria-label="Neighbouring entries">
  <ul>
    ${neighbour(older, "prev", "Earlier")}
    ${neighbour(newer, "next", "Later")}
  </ul>
</nav>`;
}
