import footnote from "markdown-it-footnote";

const PER_PAGE = 50;
const KINDS = ["actors", "topics", "agreements"];

const newestFirst = (api) => api.getFilteredByGlob("content/articles/**/*.md").reverse();

function grouped(entries, keys) {
  const groups = new Map();
  for (const entry of entries) {
    for (const key of keys(entry)) {
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(entry);
    }
  }
  return groups;
}

function parts(kind, id, entries) {
  const base = `/${kind}/${id}/`;
  const total = Math.ceil(entries.length / PER_PAGE);
  return Array.from({ length: total }, (_, index) => ({
    kind,
    id,
    base,
    number: index + 1,
    total,
    count: entries.length,
    entries: entries.slice(index * PER_PAGE, (index + 1) * PER_PAGE),
  }));
}

export default function (config) {
  config.amendLibrary("md", (markdown) => markdown.use(footnote));
  config.addPassthroughCopy({ "content/static": "/" });
  config.addCollection("newest", newestFirst);
  config.addCollection("termParts", (api) => {
    const entries = newestFirst(api);
    return KINDS.flatMap((kind) =>
      [...grouped(entries, (entry) => entry.data[kind])].flatMap(([id, found]) => parts(kind, id, found)),
    );
  });
  config.addCollection("months", (api) => {
    const months = grouped(newestFirst(api), (entry) => [entry.date.toISOString().slice(0, 7)]);
    return [...months].map(([month, entries]) => ({ month, entries }));
  });
  config.addCollection("kinds", (api) => {
    const entries = newestFirst(api);
    return KINDS.map((kind) => ({ kind, groups: [...grouped(entries, (entry) => entry.data[kind])] }));
  });
  return {
    dir: { input: "content", output: "_site" },
    markdownTemplateEngine: false, // entries are Markdown and nothing else
  };
}
