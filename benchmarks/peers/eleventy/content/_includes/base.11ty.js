import { escape } from "./parts.js";

const NAME = "A synthetic digest";

export function render({ title, summary, page, content }) {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title ? `${escape(title)} – ` : ""}${NAME}</title>${
    summary
      ? `
  <meta name="description" content="${escape(summary)}">`
      : ""
  }
  <link rel="canonical" href="https://example.org${page.url}">
  <meta name="color-scheme" content="light dark">
  <meta name="generator" content="Eleventy">
  <link rel="icon" href="/favicon.svg" type="image/svg+xml">
  <link rel="alternate" type="application/atom+xml" href="/feed.xml" title="${NAME}">
  <link rel="stylesheet" href="/style.css">
</head>
<body>
  <a class="skip" href="#content">Skip to content</a>
  <header class="masthead">
    <p class="nameplate"><a href="/">${NAME}</a></p>
    <nav aria-label="Sections">
      <ul>
        <li><a href="/actors/">Actors</a></li>
        <li><a href="/topics/">Topics</a></li>
        <li><a href="/agreements/">Agreements</a></li>
        <li><a href="/archive/">Archive</a></li>
      </ul>
    </nav>
  </header>
  <main id="content">
${content}
  </main>
  <footer class="colophon">
    <p><a href="/">${NAME}</a></p>
    <p class="address">https://example.org${page.url}</p>
  </footer>
</body>
</html>
`;
}
