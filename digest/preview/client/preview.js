// Follows the site while it is written: a page is brought up to date in place, problems are shown over it.
//
// Invariants: one stream of events, only while somebody looks; one page fetched at a time; the stream says what there
// is, the page's own facts say what is shown, and whatever differs is fetched.

import { bringUpToDate, takeFacts } from "./refresh.js";
import { Shell } from "./shell.js";

const EVENTS = "/_digest/events?path=";
const PANEL = "/_digest/panel?path=";
const FAILED = "digest-preview-failed";
const AGAIN = 1000; // milliseconds after which a stream that the browser gave up is opened again

const here = () => encodeURIComponent(location.pathname);

class Preview {
  constructor() {
    this.facts = takeFacts(document);
    this.shell = new Shell();
    this.editing = null;
    this.stream = null;
    this.lost = false; // whether the facts may be old though the key is not, as after a new start of the server
    this.running = null;
    this.told = null; // what the last event said
    this.problems = ""; // what the panel shows
  }

  begin() {
    document.addEventListener("visibilitychange", () => this.follow());
    addEventListener("pagehide", () => this.leave());
    addEventListener("pageshow", () => this.follow());
    this.show();
    this.follow();
  }

  follow() {
    if (document.hidden) this.leave();
    else if (!this.stream) this.listen();
  }

  listen() {
    this.stream = new EventSource(EVENTS + here());
    this.stream.onmessage = (event) => this.hear(JSON.parse(event.data));
    this.stream.onerror = () => this.wait();
  }

  leave() {
    this.stream?.close();
    this.stream = null;
  }

  wait() {
    this.lost = true;
    if (this.stream?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    this.leave();
    setTimeout(() => this.follow(), AGAIN);
  }

  hear(told) {
    this.told = told;
    this.shell.progress(told.progress);
    this.catchUp();
  }

  // A key of "" says that there is no page yet: what is shown stays. A page that could not be written to, for it was
  // older than its file, may be when the problems are others.
  get behind() {
    const { key, problems } = this.told;
    const { source, edit } = this.facts;
    return Boolean(key) && (key !== this.facts.key || this.lost || (source && !edit && problems !== this.facts.problems));
  }

  // One at a time; what is told meanwhile is taken in afterwards.
  catchUp() {
    this.running ??= this.takeIn().finally(() => (this.running = null));
    return this.running;
  }

  async takeIn() {
    try {
      for (let told = null; told !== this.told; ) {
        told = this.told;
        if (this.behind) await this.refresh();
        if (told.problems !== this.problems) await this.showProblems(told.problems);
      }
    } catch (error) {
      console.error(error);
      startAnew(this.told.key);
    }
  }

  // Ask again what the page says of itself: its file may hold other bytes that make the same page.
  async renew() {
    await this.running;
    this.lost = true;
    await this.catchUp();
  }

  async refresh() {
    if (!this.facts.key) return location.reload(); // from the page that waits to the first one
    const answer = await ask(location.pathname + location.search);
    if (!answer) return;
    if (answer.redirected) return location.reload();
    this.facts = bringUpToDate(new DOMParser().parseFromString(answer.text, "text/html"));
    this.lost = false;
    await this.show();
  }

  async showProblems(key) {
    const answer = key ? await ask(PANEL + here()) : { text: "" };
    if (!answer) return;
    this.shell.panel(answer.text);
    this.problems = key;
  }

  async show() {
    this.shell.source(this.facts);
    if (!this.facts.edit && !this.editing) return;
    const { Editing } = await import("./editing.js");
    this.editing ??= new Editing(this.shell.place("editing"), () => this.renew());
    this.editing.take(this.facts);
  }
}

// Null where the server is away or cannot answer: its next event begins all this again.
async function ask(address) {
  const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
  if (!answer || answer.status >= 500) return null;
  const text = await answer.text().catch(() => null);
  return text === null ? null : { text, redirected: answer.redirected };
}

// Whatever went wrong, a fresh page mends it; if that does not, once is enough.
function startAnew(key) {
  if (sessionStorage.getItem(FAILED) === key) return;
  sessionStorage.setItem(FAILED, key);
  location.reload();
}

new Preview().begin();
