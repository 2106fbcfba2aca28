// A panel with problems over the last good page. It closes when the errors are fixed, or when the user hides it.
import { count, editorLink, h, inlineCode, island } from './dom.js';

const FOLDED = 'bulletin-folded';
const isError = (problem) => problem.severity !== 'warning';

/** `folded` is called when the panel opens or closes. */
export async function createOverlay({ folded = () => {} } = {}) {
  const root = await island('bulletin-problems', ['controls.css', 'overlay.css']);
  const title = h('h2', { id: 'title' });
  const list = h('div', { class: 'problems' });
  const panel = h('section', { class: 'sheet', role: 'dialog', 'aria-labelledby': 'title' },
    h('div', { class: 'head' }, title, h('button', { type: 'button', onclick: fold, title: 'Escape' }, 'Hide')), list);
  const backdrop = h('div', { class: 'backdrop', hidden: true, onclick: (event) => event.target === backdrop && fold() }, panel);
  // Announced without taking the focus, because the user may be typing.
  const announcement = h('p', { class: 'unseen', role: 'status' });
  root.append(backdrop, announcement);
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented && !backdrop.hidden) fold();
  });

  let problems = null;

  function show(fresh) {
    if (same(fresh, problems)) return;
    problems = fresh;
    const errors = errorsOf(problems);
    const warnings = problems.filter((problem) => !isError(problem));
    // An error that returns after it was fixed opens the panel again.
    if (errors.length === 0) remember('');
    title.textContent = summarize(errors, warnings);
    list.replaceChildren(...errors.map(describe), ...warningList(warnings, errors.length === 0));
    const isFolded = errors.length === 0 || remembered() === JSON.stringify(errors);
    set(!isFolded);
    announcement.textContent = isFolded ? '' : `${title.textContent}: ${errors[0].message}`;
  }

  function set(isOpen) {
    backdrop.hidden = !isOpen;
    folded();
  }

  function fold() {
    remember(JSON.stringify(errorsOf(problems)));
    const hadFocus = root.activeElement !== null;
    set(false);
    if (hadFocus) folded({ focus: true });
  }

  function open() {
    set(true);
    root.querySelector('button').focus();
  }

  return { show, open, isOpen: () => !backdrop.hidden };
}

/** The errors, most severe first. */
function errorsOf(problems) {
  return problems.filter(isError).sort((a, b) => (b.severity === 'fatal') - (a.severity === 'fatal'));
}

/** `2 errors, 1 warning`, without zeros. */
function summarize(errors, warnings) {
  return [[errors, 'error'], [warnings, 'warning']].filter(([some]) => some.length > 0)
    .map(([some, noun]) => count(some.length, noun)).join(', ');
}

function warningList(warnings, isOpen) {
  if (warnings.length === 0) return [];
  if (isOpen) return warnings.map(describe);
  return [h('details', {}, h('summary', {}, count(warnings.length, 'warning')), warnings.map(describe))];
}

function describe({ severity, code, message, file, line, column, help, frame, editor }) {
  const place = [file, line, column].filter((part) => part !== null && part !== undefined).join(':');
  return h('article', { class: `problem ${severity}` },
    h('h3', {}, h('span', { class: 'severity' }, severity === 'warning' ? 'Warning' : 'Error'), ' ', inlineCode(message)),
    place && h('p', { class: 'place' }, editorLink(editor, place)),
    // It may be wider than the panel, and only a focused element can be scrolled with keys.
    frame && h('pre', { tabindex: '0', role: 'group', 'aria-label': 'Source' }, frame),
    help && h('p', { class: 'help' }, h('b', {}, 'Help: '), inlineCode(help)),
    h('p', { class: 'soft code' }, code));
}

function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Hidden errors stay hidden on other pages, until the errors change. */
function remember(errors) {
  try {
    localStorage.setItem(FOLDED, errors);
  } catch {
    // Without storage, the panel opens again.
  }
}

function remembered() {
  try {
    return localStorage.getItem(FOLDED);
  } catch {
    return null;
  }
}
