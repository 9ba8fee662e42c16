// The forms for what can be done with selected words. A field's name is its key in what the server is sent.

import { make } from "./shell.js";

const ACTORS = "/_digest/actors";
let number = 0;

export const FORMS = {
  annotate: { label: "Annotate", title: "A note at these words", save: "Save note", make: note },
  quote: { label: "Quote of …", title: "Somebody’s words", save: "Save quotation", make: quotation },
  alias: { label: "Alias of …", title: "A spelling of a name", save: "Save alias", make: alias },
};

export function values(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, known(form, name, value)]));
}

export function fill(form, typed) {
  for (const [name, value] of Object.entries(typed)) if (form.elements[name]) form.elements[name].value = value;
}

// A name that was written out means its actor.
function known(form, name, value) {
  const list = form.elements[name]?.list;
  const option = [...(list?.options ?? [])].find((one) => one.label === value.trim());
  return option ? option.value : value;
}

function field(label, control) {
  control.id = `field-${++number}`;
  return make("p", { class: "field" }, make("label", { for: control.id }, label), control);
}

function note({ kinds, verdicts }) {
  const kind = make("select", { name: "kind" }, ...kinds.map(({ id, label }) => make("option", { value: id }, label)));
  const none = make("option", { value: "" }, "no verdict");
  const verdict = make("select", { name: "verdict" }, none, ...verdicts.map((word) => make("option", {}, word)));
  const text = make("textarea", { name: "text", rows: "4", required: true, "data-first": true });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) text.form.requestSubmit();
  });
  const row = [field("Kind", kind), ...(verdicts.length ? [field("Verdict", verdict)] : [])];
  return make("form", {}, make("div", { class: "row" }, ...row), field("Note, in Markdown", text));
}

async function quotation() {
  return make("form", {}, ...(await actor("Speaker", "speaker")));
}

async function alias(_, words) {
  const spelling = make("input", { name: "spelling", required: true, autocomplete: "off", value: words });
  return make("form", {}, ...(await actor("Actor", "actor")), field("Spelling", spelling));
}

async function actor(label, name) {
  const answer = await fetch(ACTORS).catch(() => null);
  const actors = answer?.ok ? await answer.json() : [];
  const list = make("datalist", { id: `list-${++number}` }, ...actors.map(({ id, name }) => make("option", { value: id, label: name })));
  const typed = { name, list: list.id, required: true, autocomplete: "off", "data-first": true };
  return [field(label, make("input", typed)), list];
}
