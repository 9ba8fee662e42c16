// What the preview shows beside a page, in a shadow root after its body: no theme touches it, and it touches none.

export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

const fileName = (path) => path.slice(path.lastIndexOf("/") + 1);

export class Shell {
  constructor() {
    this.host = make("digest-preview-shell", { lang: "en", hidden: true });
    const root = this.host.attachShadow({ mode: "open" });
    const style = make("link", { rel: "stylesheet", href: "/_digest/client/preview.css" });
    style.addEventListener("load", () => (this.host.hidden = false));
    this.places = {};
    root.append(style, this.foot());
    document.documentElement.append(this.host);
  }

  // The foot is fixed to the window; as much room as it takes is left free after the page's end.
  foot() {
    this.places.tab = make("nav", { class: "tab", "aria-label": "Preview" });
    this.places.editing = make("div", { class: "editing" });
    this.places.progress = make("div", { class: "waiting", hidden: true });
    this.places.panel = make("div", { role: "alert", class: "alert" });
    const foot = make("div", { class: "foot" }, this.places.tab, this.places.panel);
    const room = new ResizeObserver(() => (this.host.style.height = `${foot.offsetHeight}px`));
    room.observe(foot);
    return make("div", { class: "preview" }, this.places.editing, this.places.progress, foot);
  }

  place(name) {
    return this.places[name];
  }

  source({ source, open }) {
    this.facts = { source, open };
    this.fillTab();
  }

  fillTab() {
    this.places.tab.hidden = location.pathname === "/_digest/"; // which has it all
    const { source, open } = this.facts ?? {};
    const count = Number(this.places.panel.firstElementChild?.dataset.count ?? 0);
    const words = count ? `${count} problem${count === 1 ? "" : "s"}` : "Dashboard";
    const label = count ? `${words}, dashboard` : words;
    const parts = [make("a", { href: "/_digest/", class: count ? "count" : "", "aria-label": label }, words)];
    if (source) {
      const name = open ? make("a", { href: open, title: `Open ${source}` }, fileName(source)) : fileName(source);
      parts.unshift(make("span", { class: "source" }, name));
    }
    this.places.tab.replaceChildren(...parts);
  }

  // `fragment` is HTML of our own server; "" for nothing.
  panel(fragment) {
    const place = this.places.panel;
    const folded = place.querySelector("details")?.open === false;
    place.innerHTML = fragment;
    const details = place.querySelector("details");
    if (details && folded) details.open = false;
    this.fillTab();
  }

  // [stage, done, total], or null where nothing is waited for.
  progress(state) {
    const place = this.places.progress;
    place.hidden = !state;
    if (!state) return;
    const [stage, done, total] = state;
    if (!place.firstChild) place.append(make("p", { role: "status" }), make("progress", { "aria-label": "Progress" }), make("p"));
    const [title, bar, figures] = place.children;
    if (title.textContent !== stage) title.textContent = stage;
    bar.max = Math.max(total, 1);
    bar.value = done;
    figures.textContent = `${done} of ${total}`;
  }
}
