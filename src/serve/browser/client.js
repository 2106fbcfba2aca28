// The script in every page of the preview: live changes, problems over the page, and the bar at its foot.
import { createBar } from './bar.js';
import { listen } from './events.js';
import { swap, swapAll } from './files.js';
import { adopt, begin, morph } from './morph.js';
import { createOverlay } from './overlay.js';
import { fetchPage, get, takeTag, Unreachable } from './server.js';
import { onOtherView } from './view.js';

const path = location.pathname;
let { state } = takeTag(document);
let run = null;
let files; // How often files changed in this run.
begin();

/** Shows the current version of the page. Calls during a call lead to one more round. */
const refresh = oneAtATime(async () => {
  const { response, doc } = await fetchPage();
  if (response.redirected && response.url !== location.href) return location.replace(response.url);
  if (!doc) return location.reload();
  ({ state } = takeTag(doc));
  await morph(doc);
});

/** Updates the bar. */
const updateBar = oneAtATime(async () => {
  (await bar).show(await get('page', { path }));
});

const bar = createBar({
  changed: viewChanged,
  openProblems: async () => (await overlay).open(),
});
const overlay = createOverlay({
  folded: async ({ focus } = {}) => focus && (await bar).focusProblems(),
});

async function viewChanged() {
  await quietly(refresh());
  // The view of a stream is that of its cookie, so a new view needs a new stream.
  stream.reconnect();
  await quietly(updateBar());
}

async function problems(list) {
  (await overlay).show(list);
  (await bar).showProblems(list);
}

const stream = listen(path, {
  async hello(data) {
    const isAgain = run !== null;
    const isNewRun = isAgain && run !== data.run;
    // Events were lost while the stream was closed. Without a count of changes, any file may have changed.
    const didFilesChange = isAgain && (isNewRun || data.files === undefined || data.files !== files);
    ({ run, files } = data);
    if (isNewRun || data.state !== state) await quietly(refresh());
    if (didFilesChange) await swapAll({ added: adopt });
    await problems(data.problems);
    await quietly(updateBar());
  },
  async page(data) {
    if (data.state === state) return;
    await quietly(refresh());
    await quietly(updateBar());
  },
  files(data) {
    ({ files } = data);
    return swap(data.paths, { added: adopt });
  },
  async problems(data) {
    await problems(data.problems);
    await quietly(updateBar());
  },
  follow(data) {
    if (data.path !== path) location.assign(data.path);
  },
  connected: async (isConnected) => (await bar).connected(isConnected),
});
onOtherView(viewChanged);

/** Ignores an unreachable server, which the stream reports. */
async function quietly(promise) {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
}

function oneAtATime(work) {
  let running = null;
  let next = null;
  return function call() {
    if (!running) return (running = work().finally(() => (running = null)));
    return (next ??= running.catch(() => {}).then(() => {
      next = null;
      return call();
    }));
  };
}
