// A toolbar at selected words: a note, a quotation or an alias, written into the page's Markdown file by the server.
//
// Invariants: what is typed stays until it is saved or given up, whatever becomes of the page; what the server says is
// shown as text.

import { FORMS, fill, values } from "./forms.js";
import { make } from "./shell.js";

const DRAFT = "digest-preview-draft";
const UNDO = 30_000; // milliseconds for which "Undo" is offered
const BODIES = "article .body, article, main";

const inside = (node) => (node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement);

export class Editing {
  // `renew` asks the server again what it says of the page.
  constructor(place, renew) {
    this.place = place;
    this.renew = renew;
    this.facts = {};
    this.chosen = null; // the selected words, the range they are, the digest of the file they were selected in
    this.form = null;
    this.opening = false;
    this.resumed = false;
    this.dismissed = ""; // words for which nothing more is offered
    this.status = make("p", { role: "status", class: "status", hidden: true });
    place.append(this.status);
    this.listen();
  }

  // What the page says of itself has come, or has changed; words may be selected already.
  take(facts) {
    this.facts = facts;
    if (facts.edit && !this.resumed) this.resume();
    this.look();
  }

  listen() {
    document.addEventListener("selectionchange", () => this.look());
    addEventListener("resize", () => this.put());
    document.addEventListener("scroll", () => this.put(), { passive: true });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.bar && !this.form) this.giveUp();
      if (event.altKey && event.code === "KeyA" && this.bar) {
        event.preventDefault();
        this.bar.querySelector("button, textarea, select, input").focus();
      }
    });
    this.place.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.form) this.giveUp();
      if (event.key.startsWith("Arrow") && event.target.closest("[role=toolbar]")) this.step(event);
    });
  }

  // The toolbar

  look() {
    if (this.form || this.opening) return;
    const selection = getSelection();
    const words = selection.rangeCount && !selection.isCollapsed ? selection.toString().trim() : "";
    if (words !== this.dismissed) this.dismissed = "";
    if (!this.facts.edit || !words || this.dismissed || !this.isText(selection)) return this.close();
    const range = selection.getRangeAt(0).cloneRange();
    this.chosen = { words, range, path: this.facts.source, digest: this.facts.edit.digest };
    if (!this.bar) this.offer();
    this.put();
  }

  isText({ anchorNode, focusNode }) {
    const body = document.querySelector(BODIES);
    return Boolean(body?.contains(inside(anchorNode)) && body.contains(inside(focusNode)));
  }

  offer() {
    const choices = Object.entries(FORMS).map(([name, { label }], number) =>
      make("button", { type: "button", tabindex: number ? "-1" : "0", onclick: () => this.open(name) }, label),
    );
    const bar = { role: "toolbar", class: "bar", "aria-label": "Selected words", "aria-keyshortcuts": "Alt+A" };
    this.bar = make("div", { ...bar, onmousedown: (event) => event.preventDefault() }, ...choices);
    this.place.append(this.bar);
  }

  step(event) {
    const buttons = [...this.bar.querySelectorAll("button")];
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key] ?? 0;
    const next = buttons[(buttons.indexOf(event.target) + by + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
    event.preventDefault();
  }

  // Below the words, or above them where there is no room below; forms keep inside the window.
  put() {
    if (!this.bar || !this.chosen?.range) return;
    const words = this.chosen.range.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.bar;
    const below = words.bottom + 8 + height < innerHeight;
    const top = below ? words.bottom + 8 : Math.max(8, Math.min(words.top - 8, innerHeight) - height);
    const most = document.documentElement.clientWidth - width - 8;
    this.bar.hidden = !this.form && (words.bottom < 0 || words.top > innerHeight);
    this.bar.style.insetBlockStart = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
    this.bar.style.insetInlineStart = `${Math.max(8, Math.min(words.left, most))}px`;
  }

  // Forms

  async open(name, typed = {}) {
    this.opening = true;
    const form = await FORMS[name].make(this.facts.edit, this.chosen.words);
    this.opening = false;
    const head = make("p", { class: "words" }, `“${this.chosen.words}”`);
    const message = make("p", { class: "message", role: "alert" });
    const buttons = make(
      "p",
      { class: "buttons" },
      make("button", { type: "submit" }, FORMS[name].save),
      make("button", { type: "button", onclick: () => this.giveUp() }, "Cancel"),
    );
    form.prepend(head);
    form.append(message, buttons);
    form.addEventListener("input", () => this.keep());
    form.addEventListener("submit", (event) => (event.preventDefault(), this.save()));
    this.bar?.remove();
    this.bar = make("div", { role: "dialog", class: "bar card", "aria-label": FORMS[name].title }, form);
    this.form = { name, form, message };
    this.place.append(this.bar);
    fill(form, typed);
    this.put();
    form.querySelector("[data-first]").focus();
  }

  async save() {
    const { name, form, message } = this.form;
    const { words, path, digest } = this.chosen;
    const [status, answer] = await this.ask(name, { path, digest, selection: words, ...values(form) });
    if (status === 200) return this.saved(answer);
    message.textContent = answer.message;
    if (status === 409) {
      // Whoever has been told may save again, if the words still stand there.
      await this.renew();
      message.append(". Look whether the words still stand there, then save again.");
      if (this.chosen && this.facts.edit) this.chosen.digest = this.facts.edit.digest;
    } else if (status === 403) await this.renew();
    this.put();
  }

  async ask(name, what) {
    const headers = { "Content-Type": "application/json", "X-Digest-Token": this.facts.edit?.token ?? "" };
    try {
      const answer = await fetch(`/_digest/${name}`, { method: "POST", headers, body: JSON.stringify(what) });
      const text = await answer.text();
      return [answer.status, told(text)];
    } catch {
      return [0, { message: "The preview does not answer. What you typed is kept here." }];
    }
  }

  saved({ path, line }) {
    const { range } = this.chosen;
    this.close();
    const undo = make("button", { type: "button", onclick: () => this.undo() }, "Undo");
    this.say(`Saved in ${path}, line ${line}.`, undo);
    returnTo(range);
  }

  async undo() {
    const [status, answer] = await this.ask("undo", {});
    this.say(status === 200 ? `${answer.path} is as it was.` : answer.message);
  }

  say(text, ...more) {
    clearTimeout(this.silence);
    this.status.replaceChildren(make("span", {}, text), ...more);
    this.status.hidden = false;
    this.silence = setTimeout(() => (this.status.hidden = true), UNDO);
  }

  giveUp() {
    const { range, words } = this.chosen;
    this.dismissed = words;
    this.close();
    returnTo(range, { select: true });
  }

  close() {
    this.bar?.remove();
    this.bar = this.form = this.chosen = null;
    sessionStorage.removeItem(DRAFT);
  }

  // Drafts: a page that is loaded again finds what was being typed

  keep() {
    const { words, path, digest } = this.chosen;
    const draft = { at: location.pathname, words, path, digest, name: this.form.name, typed: values(this.form.form) };
    sessionStorage.setItem(DRAFT, JSON.stringify(draft));
  }

  resume() {
    this.resumed = true;
    const draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? "null");
    if (!draft || draft.at !== location.pathname || !(draft.name in FORMS)) return;
    const { words, path, digest } = draft;
    this.chosen = { words, path, digest, range: null };
    this.open(draft.name, draft.typed);
  }
}

function told(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.trim() };
  }
}

// Give the focus back to the page, and on request the selection.
function returnTo(range, { select = false } = {}) {
  document.activeElement?.blur();
  if (!range?.startContainer.isConnected) return;
  const selection = getSelection();
  selection.removeAllRanges();
  if (!select) return selection.collapse(range.endContainer, range.endOffset);
  selection.addRange(range);
}
