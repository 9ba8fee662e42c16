export const data = { layout: "base.11ty.js", permalink: "/archive/", title: "Archive" };

const line = ({ month, entries }) =>
  `  <li><a href="/archive/${month.replace("-", "/")}/">${month}</a> <span class="count">${entries.length}</span></li>`;

export function render({ collections }) {
  return `<header class="opening"><h1>Archive</h1></header>
<ul class="counts">
${collections.months.map(line).join("\n")}
</ul>`;
}
