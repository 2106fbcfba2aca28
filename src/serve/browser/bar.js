// The bar at the foot of a page: the state of the story, remarks, problems, and the view.
import { count, disclosure, editorLink, h, inlineCode, island } from './dom.js';
import { address } from './server.js';
import { clock, formatTime } from './times.js';
import { viewControls } from './view.js';

const HIDDEN = 'bulletin-bar';

/** `changed` is called after the view changed, `openProblems` when the user opens the problems. */
export async function createBar({ changed, openProblems }) {
  const root = await island('bulletin-bar', ['controls.css', 'bar.css']);
  const view = viewControls({ changed });

  const about = h('p', { class: 'about' }, 'Preview');
  const remarks = h('ul');
  const remarksButton = h('button', { type: 'button', class: 'count' });
  const remarksItem = disclosure(remarksButton, h('div', { class: 'panel' }, h('h2', {}, 'Remarks'), remarks));
  remarksItem.wrapper.hidden = true;
  const problemsButton = h('button', { type: 'button', class: 'count', hidden: true, onclick: openProblems });
  const source = h('span', { class: 'source' });
  const desk = h('a', { href: address('.').href }, 'Desk');
  const hide = h('button', { type: 'button', class: 'hide', 'aria-label': 'Hide the bar', title: 'Hide the bar', onclick: () => setHidden(true, { focus: true }) }, '×');
  const bar = h('section', { class: 'bar', 'aria-label': 'Preview' },
    h('div', { class: 'group story' }, about, remarksItem.wrapper, problemsButton),
    h('div', { class: 'group tools' }, source, desk, ...view.elements, hide));
  const tabLabel = h('span');
  const tab = h('button', { type: 'button', class: 'tab', onclick: () => setHidden(false, { focus: true }) }, tabLabel);
  // Hidden until it has content, so that nothing in it moves.
  const foot = h('div', { class: 'foot', dir: 'ltr', lang: 'en', hidden: true }, bar, tab);
  root.append(foot);

  let problems = { errors: 0, warnings: 0 };

  function setHidden(isHidden, { focus = false } = {}) {
    bar.hidden = isHidden;
    tab.hidden = !isHidden;
    store(isHidden);
    if (focus) (isHidden ? tab : hide).focus();
  }

  /** Shows what the server knows about the page. */
  function show(info) {
    view.update(info);
    const { article } = info;
    about.replaceChildren(...(article ? describe(article, info.now) : ['Preview']));
    source.replaceChildren(...(article ? [sourceLink(article)] : []));
    remarksItem.wrapper.hidden = !article?.remarks.length;
    if (article?.remarks.length) {
      remarksButton.textContent = count(article.remarks.length, 'remark');
      remarks.replaceChildren(...article.remarks.map((remark) => h('li', {}, inlineCode(remark))));
    } else {
      remarksItem.close();
    }
    bar.classList.toggle('is-not-now', !view.isNow());
    showTab();
    foot.hidden = false;
  }

  function showProblems(list) {
    const errors = list.filter((problem) => problem.severity !== 'warning').length;
    problems = { errors, warnings: list.length - errors };
    problemsButton.hidden = list.length === 0;
    problemsButton.classList.toggle('is-wrong', errors > 0);
    problemsButton.textContent = problemLabel();
    showTab();
  }

  function problemLabel() {
    return problems.errors ? count(problems.errors, 'error') : count(problems.warnings, 'warning');
  }

  /** The tab shows what is important even when the bar is hidden. */
  function showTab() {
    const urgent = [problems.errors && problemLabel(), !view.isNow() && view.label()].filter(Boolean);
    tabLabel.textContent = urgent.join(' · ') || '▴';
    tab.setAttribute('aria-label', ['Show the bar', ...urgent].join(': '));
    tab.classList.toggle('is-wrong', problems.errors > 0);
    tab.classList.toggle('is-not-now', problems.errors === 0 && !view.isNow());
  }

  function connected(isConnected) {
    bar.classList.toggle('is-lost', !isConnected);
    bar.querySelector('.lost')?.remove();
    if (isConnected) return;
    about.after(h('p', { class: 'lost', role: 'status' }, 'The preview server is not responding'));
    foot.hidden = false;
  }

  setHidden(isStoredHidden());
  showTab();
  return { show, showProblems, connected, focusProblems: () => (bar.hidden ? tab : problemsButton).focus() };
}

function describe({ state, at, words, minutes }, now) {
  return [
    h('span', { class: `state state-${state}` }, h('b', {}, capital(state)), at && ` ${when(state, at, now)}`),
    h('span', { class: 'soft length' }, `${count(words, 'word')}, ${minutes} min`),
  ];
}

function when(state, at, now) {
  const isAhead = clock(at) > clock(now);
  const word = { scheduled: 'for', embargoed: 'until', live: isAhead ? 'until' : 'since' }[state] ?? (isAhead ? 'until' : 'since');
  return `${word} ${formatTime(at, now)}`;
}

/** Shows the end of the path, with the whole path as the title. */
function sourceLink({ source, editor }) {
  const [, name] = /([^/]+(?:\/index\.[^/]*)?)$/.exec(source) ?? [source, source];
  return editorLink(editor, name, { title: editor ? `Edit ${source}` : source });
}

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}

function store(isHidden) {
  try {
    if (isHidden) localStorage.setItem(HIDDEN, 'hidden');
    else localStorage.removeItem(HIDDEN);
  } catch {
    // Without storage, the bar is shown again.
  }
}

function isStoredHidden() {
  try {
    return localStorage.getItem(HIDDEN) === 'hidden';
  } catch {
    return false;
  }
}
