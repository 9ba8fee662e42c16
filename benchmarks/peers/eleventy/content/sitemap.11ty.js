export const data = { permalink: "/sitemap.xml", eleventyExcludeFromCollections: true };

const line = ({ url, date }) =>
  `<url><loc>https://example.org${url}</loc><lastmod>${date.toISOString().slice(0, 10)}</lastmod></url>`;

export function render({ collections }) {
  return `<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${collections.all.filter((page) => page.url?.endsWith("/")).map(line).join("\n")}
</urlset>
`;
}
