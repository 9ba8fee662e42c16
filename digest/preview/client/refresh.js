// Makes the document what another one is, and keeps what its reader has done: scrolled, opened, typed, selected.

import { Idiomorph } from "./idiomorph.js";

const isStylesheet = (element) => element.matches("link[rel~=stylesheet]");

// Take out of a page what it says of itself to this script, and the script's own tag. They stand before all else, so
// nothing that content holds is taken for them, and nothing that runs later finds them.
export function takeFacts(page) {
  const [facts, script] = page.querySelectorAll("script");
  const told = JSON.parse(facts.textContent);
  facts.remove();
  script.remove();
  return told;
}

// Returns the facts of the fresh page.
export function bringUpToDate(fresh) {
  const facts = takeFacts(fresh); // what is no page of ours replaces none
  hideNonces(fresh);
  copyAttributes(document.documentElement, fresh.documentElement);
  const old = outdatedStylesheets(fresh);
  Idiomorph.morph(document.head, fresh.head, {
    morphStyle: "outerHTML",
    head: { style: "merge", shouldRemove: (element) => !isStylesheet(element) },
  });
  removeWhenReplaced(old);
  Idiomorph.morph(document.body, fresh.body, {
    morphStyle: "outerHTML",
    ignoreActiveValue: true,
    callbacks: { beforeAttributeUpdated: mayChange },
  });
  return facts;
}

// As browsers do in a page that is shown; so the theme's scripts are seen to be the same, and new ones do not run here.
function hideNonces(fresh) {
  for (const script of fresh.querySelectorAll("script[nonce]")) script.setAttribute("nonce", "");
}

// A box that was ticked, a text that was typed and details that were opened are the reader's.
function mayChange(name, element) {
  if (name === "open") return !(element instanceof HTMLDetailsElement);
  if (name === "checked") return element.checked === element.defaultChecked;
  if (name === "selected") return element.selected === element.defaultSelected;
  if (name === "value" && "defaultValue" in element) return element.value === element.defaultValue;
  return true;
}

function copyAttributes(to, from) {
  for (const { name } of [...to.attributes]) if (!from.hasAttribute(name)) to.removeAttribute(name);
  for (const { name, value } of from.attributes) if (to.getAttribute(name) !== value) to.setAttribute(name, value);
}

function outdatedStylesheets(fresh) {
  const wanted = new Set([...fresh.head.children].filter(isStylesheet).map((link) => link.outerHTML));
  return [...document.head.children].filter((link) => isStylesheet(link) && !wanted.has(link.outerHTML));
}

// An old stylesheet goes when the new ones have come, so that the page is never without.
async function removeWhenReplaced(old) {
  if (!old.length) return;
  const coming = [...document.head.children].filter((link) => isStylesheet(link) && !link.sheet);
  const come = (link) =>
    new Promise((done) => {
      link.addEventListener("load", done, { once: true });
      link.addEventListener("error", done, { once: true });
    });
  await Promise.all(coming.map(come));
  for (const link of old) link.remove();
}
