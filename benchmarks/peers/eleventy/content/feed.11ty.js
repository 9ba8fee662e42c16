import { escape } from "./_includes/parts.js";

export const data = { permalink: "/feed.xml" };

const entry = ({ url, data, date }) => `<entry>
  <title>${escape(data.title)}</title>
  <link href="https://example.org${url}"/>
  <id>https://example.org${url}</id>
  <updated>${date.toISOString()}</updated>
  <summary>${escape(data.summary)}</summary>
</entry>`;

export function render({ collections }) {
  const newest = collections.newest.slice(0, 50);
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>A synthetic digest</title>
<link href="https://example.org/"/>
<id>https://example.org/</id>
<updated>${newest[0].date.toISOString()}</updated>
${newest.map(entry).join("\n")}
</feed>
`;
}
