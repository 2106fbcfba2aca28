// A page as the server has it now → the page that is seen, changed where they differ.
// What the reader did to it stays: place, focus, selection, what was typed, what was opened, what is playing.
import { freshen, loaded } from './files.js';
import { Idiomorph } from './idiomorph.js';

const SCRIPT_TYPES = ['', 'module', 'importmap', 'speculationrules', 'text/javascript', 'application/javascript'];

/** Whether each `details` was open as it was served. */
const served = new WeakMap();
/** What the server put into the head; what scripts put there later is theirs. */
const ours = new WeakSet();
/** The scripts of the page as it was served; those of the first one may be among others that scripts added. */
let scripts = null;

/** Remembers the page as it was loaded. */
export function begin() {
  for (const details of document.querySelectorAll('details')) served.set(details, details.open);
  for (const element of document.head.children) ours.add(element);
}

/** Says that an element of the head stands for what the server put there. */
export function adopt(element) {
  ours.add(element);
}

/** Shows the new document, or loads the page again if its scripts are others. */
export async function morph(doc) {
  if (scriptsDiffer(doc)) return location.reload();
  freshen(doc);
  // Parsed without scripts, `noscript` has elements; in a page with scripts it has text.
  for (const element of doc.querySelectorAll('noscript')) element.textContent = element.innerHTML;

  const { sheets, leaving } = addToHead(doc.head);
  // The old sheets stay until the new ones are there, and with them the old body.
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

/** The scripts that run, not those that are data, such as what search engines read. */
function scriptsOf(doc) {
  const running = [...doc.scripts].filter((script) => SCRIPT_TYPES.includes(script.type.trim().toLowerCase()));
  return running.map((script) => JSON.stringify([script.getAttribute('src'), script.type, script.text]));
}

/**
 * Puts what is new in the head in its place: the sheets there are to wait for, and what is to leave afterwards.
 * What stays is not moved, as a sheet that is moved is loaded again.
 */
function addToHead(head) {
  const old = [...document.head.children].filter((element) => ours.has(element));
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
    ours.add(added);
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

/** The source may open or close a `details`, but what only the reader opened stays open. */
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

/** Whether a field is not as it was served. */
function isTouched(element) {
  if (element instanceof HTMLOptionElement) return element.selected !== element.defaultSelected;
  if (element instanceof HTMLInputElement && element.checked !== element.defaultChecked) return true;
  return 'defaultValue' in element && element.value !== element.defaultValue;
}
