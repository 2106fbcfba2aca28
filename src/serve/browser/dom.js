// Helpers for elements, for isolated parts of the page, and for panels that open and close.

/** Creates an element. `on…` are listeners; null and false are left out; strings are never parsed as HTML. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Text between backticks becomes `code` elements. */
export function inlineCode(text) {
  return text.split(/`([^`]+)`/).map((part, i) => (i % 2 ? h('code', {}, part) : part));
}

/** A link that opens an editor, or plain text without an editor. */
export function editorLink(editor, text, attributes = {}) {
  // A URL with `//` never runs a script.
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(editor ?? '') && !/^javascript:/i.test(editor);
  return isAddress ? h('a', { ...attributes, href: editor }, text) : h('span', attributes, text);
}

/** `1 error`, `2 errors`. */
export function count(number, noun) {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/**
 * A shadow root outside of `body`, out of reach of the page's styles and of morphing.
 * Styles are fetched and adopted, because the site's policy may forbid inline styles.
 */
export async function island(name, sheets) {
  const host = document.createElement(name);
  const root = host.attachShadow({ mode: 'open' });
  // Keys that are typed here must not trigger shortcuts of the page.
  for (const type of ['keydown', 'keyup', 'keypress']) {
    host.addEventListener(type, (event) => event.key === 'Escape' || event.stopPropagation());
  }
  root.adoptedStyleSheets = await Promise.all(sheets.map(adopted));
  document.documentElement.append(host);
  return root;
}

async function adopted(name) {
  const response = await fetch(new URL(name, import.meta.url));
  return new CSSStyleSheet().replace(await response.text());
}

/** Makes a button open and close a panel. Escape, a click elsewhere, and moving the focus out close it. */
export function disclosure(button, panel, { opened = () => {} } = {}) {
  const wrapper = h('div', { class: 'disclosure' }, button, panel);
  function set(isOpen) {
    panel.hidden = !isOpen;
    button.setAttribute('aria-expanded', String(isOpen));
  }
  set(false);
  button.addEventListener('click', () => {
    set(panel.hidden);
    if (!panel.hidden) opened();
  });
  wrapper.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || panel.hidden) return;
    event.stopPropagation();
    set(false);
    button.focus();
  });
  wrapper.addEventListener('focusout', (event) => {
    if (event.relatedTarget && !wrapper.contains(event.relatedTarget)) set(false);
  });
  document.addEventListener('pointerdown', (event) => {
    if (!event.composedPath().includes(wrapper)) set(false);
  });
  return { wrapper, close: () => set(false) };
}
