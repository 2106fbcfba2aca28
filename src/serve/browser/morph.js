// The new version of a page → the open page, changed where they differ.
// The scroll position, focus, selection, form input, open details and playing media stay.
import { freshen, loaded } from './files.js';
import { Idiomorph } from './idiomorph.js';

const SCRIPT_TYPES = ['', 'module', 'importmap', 'speculationrules', 'text/javascript', 'application/javascript'];

/** Whether the server sent each `details` open. */
const served = new WeakMap();
/** Elements of the head that came from the server, not from scripts. */
const fromServer = new WeakSet();
/** The scripts of the last version. In the first one, scripts may have added others. */
let scripts = null;

/** Records the page as it was loaded. */
export function begin() {
  for (const details of document.querySelectorAll('details')) served.set(details, details.open);
  for (const element of document.head.children) fromServer.add(element);
}

/** Records that an element of the head replaces one from the server. */
export function adopt(element) {
  fromServer.add(element);
}

/** Shows the new document, or reloads the page if its scripts changed. */
export async function morph(doc) {
  if (scriptsDiffer(doc)) return location.reload();
  freshen(doc);
  // `DOMParser` gives `noscript` elements; in a page with scripts it contains text.
  for (const element of doc.querySelectorAll('noscript')) element.textContent = element.innerHTML;

  const { sheets, leaving } = addToHead(doc.head);
  // The old style sheets and body stay until the new style sheets are loaded.
  await Promise.all(sheets.map(loaded));
  for (const element of leaving) element.remove();
  mergeAttributes(document.documentElement, doc.documentElement);
  mergeAttributes(document.body, doc.body);
  Idiomorph.morph(document.body, doc.body, {
    head: { style: 'none' },
    callbacks: { beforeNodeMorphed, beforeAttributeUpdated },
  });
}

function scriptsDiffer(doc) {
  const now = scriptsOf(doc);
  const before = scripts ?? scriptsOf(document);
  const isSame = scripts ? now.length === before.length : true;
  scripts = now;
  return !isSame || now.some((script) => !before.includes(script));
}

/** The scripts that run, without data blocks such as JSON-LD. */
function scriptsOf(doc) {
  const running = [...doc.scripts].filter((script) => SCRIPT_TYPES.includes(script.type.trim().toLowerCase()));
  return running.map((script) => JSON.stringify([script.getAttribute('src'), script.type, script.text]));
}

/**
 * Adds new elements to the head. Returns style sheets to wait for, and elements to remove afterwards.
 * Other elements are not moved, because a style sheet that moves is loaded again.
 */
function addToHead(head) {
  const old = [...document.head.children].filter((element) => fromServer.has(element));
  const staying = new Set();
  const sheets = [];
  let from = 0;
  let last = null;
  for (const element of head.children) {
    const index = old.findIndex((other, i) => i >= from && other.isEqualNode(element));
    if (index >= 0) {
      from = index + 1;
      last = old[index];
      staying.add(last);
      continue;
    }
    const added = document.importNode(element, true);
    fromServer.add(added);
    if (last) last.after(added);
    else document.head.prepend(added);
    last = added;
    if (added.matches('link[rel~=stylesheet]')) sheets.push(added);
  }
  return { sheets, leaving: old.filter((element) => !staying.has(element)) };
}

function mergeAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

/** A new version may open or close a `details`, but one that the reader opened stays open. */
function beforeNodeMorphed(old, fresh) {
  if (!(old instanceof HTMLDetailsElement)) return;
  const isOpen = fresh.hasAttribute('open');
  if (served.has(old) && served.get(old) !== isOpen) old.open = isOpen;
  served.set(old, isOpen);
}

function beforeAttributeUpdated(name, element) {
  if (name === 'open' && element instanceof HTMLDetailsElement) return false;
  if (name === 'open' && element instanceof HTMLDialogElement) return false;
  return !(['value', 'checked', 'selected'].includes(name) && isTouched(element));
}

/** Whether the reader changed a field. */
function isTouched(element) {
  if (element instanceof HTMLOptionElement) return element.selected !== element.defaultSelected;
  if (element instanceof HTMLInputElement && element.checked !== element.defaultChecked) return true;
  return 'defaultValue' in element && element.value !== element.defaultValue;
}
