// The desk: a list of all stories, with their states and dates.
import { editorLink, h } from './dom.js';
import { listen } from './events.js';
import { createOverlay } from './overlay.js';
import { get, takeTag, Unreachable } from './server.js';
import { clock, formatTime, formatDistance } from './times.js';
import { onOtherView, setView, viewControls } from './view.js';

const PAGE = 100;
const TYPING = 200; // Milliseconds after the last key until the list is requested.
const TICK = 30_000;
/** The columns: key, label, and the order after the first click. */
const COLUMNS = [
  ['title', 'Title', 'asc'], ['state', 'State', 'asc'], ['section', 'Section', 'asc'],
  ['date', 'Date', 'desc'], ['words', 'Words', 'desc'], ['warnings', 'Warnings', 'desc'],
];
const NUMBERS = ['words', 'warnings'];
const DEFAULTS = { q: '', state: '', section: '', sort: 'date', order: 'desc' };

const at = (id) => document.getElementById(id);
const form = at('filters');
/** The current filters and order. They are in the URL, so that they survive a reload and can be shared. */
const query = { ...DEFAULTS, ...Object.fromEntries([...new URLSearchParams(location.search)].filter(([key]) => key in DEFAULTS)) };
/** The rows by source. An unchanged row keeps its element and its focus. */
let shown = new Map();
let known = null; // The last reply, without its rows.
let answeredAt = 0;
let request = null;

takeTag(document);
const view = viewControls({ changed: viewChanged });
at('view').append(...view.elements);
const overlay = createOverlay();

for (const [key, label, first] of COLUMNS) {
  const button = h('button', { type: 'button', onclick: () => sortBy(key, first) }, label);
  at('heads').append(h('th', { scope: 'col', role: 'columnheader', 'data-key': key, class: NUMBERS.includes(key) ? 'number' : null }, button));
}
form.elements.q.value = query.q;
form.addEventListener('submit', (event) => event.preventDefault());
form.elements.section.addEventListener('change', () => ask({ section: form.elements.section.value }));
let typing;
form.elements.q.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => ask({ q: form.elements.q.value.trim() }), TYPING);
});
at('more').addEventListener('click', () => fill(shown.size + PAGE));

function sortBy(key, first) {
  const other = { asc: 'desc', desc: 'asc' };
  ask({ sort: key, order: query.sort === key ? other[query.order] : first });
}

function ask(change) {
  Object.assign(query, change);
  const parameters = Object.entries(query).filter(([key, value]) => value !== DEFAULTS[key]);
  history.replaceState(null, '', parameters.length > 0 ? `?${new URLSearchParams(parameters)}` : location.pathname);
  fill(PAGE);
}

/** Requests the first rows and shows them. A newer call cancels an older one. */
async function fill(number) {
  request?.abort();
  const { signal } = (request = new AbortController());
  try {
    const rows = [];
    let answer;
    do {
      answer = await get('desk.json', { ...query, offset: rows.length, limit: PAGE }, { signal });
      rows.push(...answer.rows);
    } while (rows.length < Math.min(number, answer.total) && answer.rows.length > 0);
    show(answer, rows);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Unreachable)) at('total').textContent = error.message;
  }
}

function show(answer, rows) {
  known = answer;
  answeredAt = Date.now();
  view.update({ ...answer, held_back: held(answer.states) });
  showFilters();
  const before = shown;
  shown = new Map(rows.map((row) => {
    const json = JSON.stringify(row);
    const old = before.get(row.source);
    return [row.source, old?.json === json ? old : { json, element: describe(row) }];
  }));
  put(at('rows'), [...shown.values()].map(({ element }) => element));
  if (rows.length === 0) at('rows').replaceChildren(h('tr', { role: 'row' }, h('td', { role: 'cell', colspan: COLUMNS.length, class: 'empty' }, 'No stories match')));
  const more = answer.total - rows.length;
  at('more').hidden = more <= 0;
  at('more').textContent = `${Math.min(more, PAGE).toLocaleString('en')} more`;
  const total = `${answer.total.toLocaleString('en')} ${answer.total === 1 ? 'story' : 'stories'}`;
  at('total').textContent = more > 0 ? `${rows.length.toLocaleString('en')} of ${total}` : total;
  tick();
}

/** Puts elements into a parent without moving those in place, because an element that moves loses its focus. */
function put(parent, elements) {
  const staying = new Set(elements);
  for (const child of [...parent.children]) if (!staying.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const element of elements) {
    if (element === next) next = next.nextElementSibling;
    else parent.insertBefore(element, next);
  }
}

function showFilters() {
  const all = known.states.reduce((sum, [, number]) => sum + number, 0);
  const chips = [['', all], ...known.states];
  // The selected state may have no stories left.
  if (query.state && !known.states.some(([state]) => state === query.state)) chips.push([query.state, 0]);
  const focused = document.activeElement?.dataset.state;
  at('states').replaceChildren(...chips.map(([state, number]) => h('button', {
    type: 'button', 'data-state': state, class: state && `state state-${state}`, 'aria-pressed': String(state === query.state),
    onclick: () => ask({ state }),
  }, `${state ? capital(state) : 'All'} ${number.toLocaleString('en')}`)));
  if (focused !== undefined) at('states').querySelector(`[data-state="${CSS.escape(focused)}"]`)?.focus();

  const { section } = form.elements;
  const options = [['', 'All sections'], ...known.sections];
  if (options.length !== section.options.length || options.some(([slug, name], i) => section.options[i].value !== slug || section.options[i].text !== name)) {
    section.replaceChildren(...options.map(([slug, name]) => h('option', { value: slug }, name)));
  }
  section.value = query.section;

  for (const head of at('heads').children) {
    const isSorted = head.dataset.key === query.sort;
    if (isSorted) head.setAttribute('aria-sort', query.order === 'asc' ? 'ascending' : 'descending');
    else head.removeAttribute('aria-sort');
    head.firstElementChild.dataset.arrow = isSorted ? { asc: '↑', desc: '↓' }[query.order] : '';
  }
}

function describe(row) {
  const by = [row.authors.join(', '), editorLink(row.editor, row.source)].filter(Boolean);
  const cell = (attributes, ...children) => h('td', { role: 'cell', ...attributes }, ...children);
  return h('tr', { role: 'row' },
    cell({ class: 'name' }, h('p', { class: 'title', dir: 'auto' }, titleLink(row)), h('p', { class: 'by' }, by.flatMap((part, i) => (i > 0 ? [' · ', part] : [part])))),
    cell({ class: 'kind' }, h('span', { class: `state state-${row.state}` }, capital(row.state)), whenOf(row)),
    cell({}, row.section ?? ''),
    cell({ class: 'kind' }, row.date ? formatTime(row.date, known.now) : ''),
    cell({ class: 'number', 'data-unit': row.words === 1 ? 'word' : 'words' }, row.words.toLocaleString('en')),
    cell(row.warnings > 0 ? { class: 'number warned', 'data-unit': row.warnings === 1 ? 'warning' : 'warnings' } : { class: 'number' }, row.warnings > 0 ? String(row.warnings) : ''),
  );
}

/** A link to a story. For a story outside of the current view, it changes the view first. */
function titleLink({ title, path, preview }) {
  if (path) return h('a', { href: path }, title);
  if (!preview) return h('span', {}, title);
  const as = [preview.as_of && `as of ${formatTime(preview.as_of, known.now)}`, preview.drafts && 'with drafts'].filter(Boolean);
  return h('a', {
    href: preview.path,
    title: as.length > 0 ? `Shows the site ${as.join(' ')}` : null,
    onclick: (event) => go(event, preview),
    onauxclick: (event) => event.button === 1 && go(event, preview),
  }, title);
}

async function go(event, preview) {
  event.preventDefault();
  const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button === 1;
  try {
    await setView(preview);
  } catch (error) {
    at('total').textContent = error.message;
    return;
  }
  if (isElsewhere) {
    open(preview.path, '_blank');
    await viewChanged();
  } else {
    location.assign(preview.path);
  }
}

function whenOf({ at: time, state }) {
  if (!time || state === 'live') return null;
  return h('span', { class: 'when' }, ` ${formatTime(time, known.now)} `, h('span', { class: 'relative', 'data-at': time }));
}

/** Updates relative times and the clock. */
function tick() {
  if (!known) return;
  const now = clock(known.now) + Date.now() - answeredAt;
  for (const element of document.querySelectorAll('[data-at]')) {
    const text = formatDistance(element.dataset.at, now);
    if (element.textContent !== text) element.textContent = text;
  }
  const time = new Date(now).toISOString().slice(0, 16);
  at('clock').textContent = `${formatTime(time, known.now)} in ${known.zone}`;
}
setInterval(tick, TICK);

function held(states) {
  return states.filter(([state]) => ['scheduled', 'embargoed', 'draft'].includes(state));
}

async function viewChanged() {
  stream.reconnect();
  await refill();
}

const refill = () => fill(Math.max(PAGE, shown.size));

async function problems(list) {
  const errors = list.filter((problem) => problem.severity !== 'warning').length;
  const text = errors > 0 ? `${errors} ${errors === 1 ? 'error' : 'errors'}: pages show their last good version` : `${list.length} ${list.length === 1 ? 'warning' : 'warnings'}`;
  at('problems').hidden = list.length === 0;
  at('problems').replaceChildren(h('button', { type: 'button', class: errors > 0 ? null : 'only-warnings', onclick: async () => (await overlay).open() }, text));
  (await overlay).show(list);
}

const stream = listen(location.pathname, {
  hello(data) {
    problems(data.problems);
    refill();
  },
  desk: refill,
  problems: (data) => problems(data.problems),
  connected: (isConnected) => (at('lost').hidden = isConnected),
});
onOtherView(viewChanged);

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}
