// Elements in few words, a place of our own in the page, and panels that open and close.

/** An element. `on…` are listeners; what is null or false is left out; text is only ever text. */
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

/** A link to a place in an editor, or its words if there is none. */
export function editorLink(editor, words, attributes = {}) {
  // An address with `//` is never a script.
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(editor ?? '') && !/^javascript:/i.test(editor);
  return isAddress ? h('a', { ...attributes, href: editor }, words) : h('span', attributes, words);
}

/** `1 error`, `2 errors`. */
export function count(number, noun) {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/**
 * A shadow root outside of `body`, where neither the styles of the page reach nor the morphing of its body.
 * Styles are fetched and adopted, as a site's policy may forbid any that are written in the page.
 */
export async function island(name, sheets) {
  const host = document.createElement(name);
  const root = host.attachShadow({ mode: 'open' });
  // What is typed here is no shortcut of the page.
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

/** Makes a button open and close a panel: Escape, a click elsewhere and leaving by keyboard close it. */
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
