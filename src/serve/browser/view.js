// The view: the time of the site, and whether drafts are shown. The bar and the desk share its controls.
import { disclosure, h } from './dom.js';
import { post } from './server.js';
import { fieldValue, formatTime } from './times.js';

const tabs = new BroadcastChannel('bulletin-view');

/** Sets the view of the whole browser and notifies other tabs. */
export async function setView({ as_of, drafts }) {
  await post('view', { as_of, drafts });
  tabs.postMessage({});
}

/** Calls back when another tab sets the view. */
export function onOtherView(callback) {
  tabs.addEventListener('message', callback);
}

/** The controls. `changed` is called after the view changed. */
export function viewControls({ changed }) {
  let info = { view: { as_of: null, drafts: false } };

  const label = h('span', { class: 'as-of-words' }, 'Now');
  const button = h('button', { type: 'button', class: 'as-of' }, label);
  const field = h('input', { type: 'datetime-local', required: true, max: '9999-12-31T23:59' });
  const zone = h('span', { class: 'soft' });
  const fault = h('p', { class: 'fault', role: 'alert' });
  const held = h('p', { class: 'soft' });
  const next = h('button', { type: 'button', onclick: () => ask({ as_of: fieldValue(info.next) }) });
  const now = h('button', { type: 'button', onclick: () => ask({ as_of: null }) }, 'Now');
  const form = h('form', { onsubmit: submit },
    h('label', {}, h('span', {}, 'Show the site as of ', zone), field),
    h('p', { class: 'row' }, h('button', { type: 'submit', class: 'strong' }, 'Show'), now, next));
  const panel = h('div', { class: 'panel panel-end' }, form, fault, held);
  const { wrapper, close } = disclosure(button, panel, { opened: () => field.focus() });

  const box = h('input', { type: 'checkbox', role: 'switch', onchange: () => ask({ drafts: box.checked }) });
  const drafts = h('label', { class: 'switch' }, box, ' Drafts');

  function submit(event) {
    event.preventDefault();
    ask({ as_of: field.value });
  }

  async function ask(change) {
    fault.textContent = '';
    try {
      await setView({ ...info.view, ...change });
    } catch (error) {
      fault.textContent = error.message;
      box.checked = info.view.drafts;
      return;
    }
    if ('as_of' in change) {
      close();
      button.focus();
    }
    await changed();
  }

  /** Shows the view of the server: `{view, now, zone, next, happens, held_back}`. */
  function update(fresh) {
    const isOther = fresh.view.as_of !== info.view.as_of;
    info = fresh;
    const { as_of } = info.view;
    label.textContent = as_of ? `As of ${formatTime(as_of, info.now)}` : 'Now';
    button.classList.toggle('is-not-now', Boolean(as_of));
    button.setAttribute('aria-label', `${label.textContent}: choose a time`);
    box.checked = info.view.drafts;
    zone.textContent = `(${info.zone})`;
    // Not while the user edits the field.
    if (isOther || !field.value) field.value = fieldValue(as_of ?? info.next ?? info.now);
    now.hidden = !as_of;
    next.hidden = !info.next;
    if (info.next) next.textContent = `Next: ${formatTime(info.next, info.now)}`;
    next.title = info.happens ?? '';
    const parts = (info.held_back ?? []).map(([state, number]) => `${number} ${state}`);
    held.textContent = parts.length > 0 ? `Held back: ${parts.join(', ')}` : '';
    held.hidden = parts.length === 0;
  }

  return { elements: [drafts, wrapper], update, label: () => label.textContent, isNow: () => !info.view.as_of };
}
