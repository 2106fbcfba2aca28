// What every previewed page gets: changes as they are saved, problems over the page, and a bar at its foot.
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
let files; // How often files have changed in this run, if the server counts.
begin();

/** Shows the page as the server has it now. Calls during a call are answered by one more round. */
const refresh = oneAtATime(async () => {
  const { response, doc } = await fetchPage();
  if (response.redirected && response.url !== location.href) return location.replace(response.url);
  if (!doc) return location.reload();
  ({ state } = takeTag(doc));
  await morph(doc);
});

/** Shows what the server says of the page, if it says anything: without it the page is still there. */
const tell = oneAtATime(async () => {
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
  // The server knows the view of a stream by its cookie, so it takes a new one.
  stream.reconnect();
  await quietly(tell());
}

async function problems(list) {
  (await overlay).show(list);
  (await bar).showProblems(list);
}

const stream = listen(path, {
  async hello(data) {
    const isAgain = run !== null;
    const isOtherRun = isAgain && run !== data.run;
    // What happened while nobody listened was not told. Without a count of changes, all may have changed.
    const areFilesOthers = isAgain && (isOtherRun || data.files === undefined || data.files !== files);
    ({ run, files } = data);
    if (isOtherRun || data.state !== state) await quietly(refresh());
    if (areFilesOthers) await swapAll({ added: adopt });
    await problems(data.problems);
    await quietly(tell());
  },
  async page(data) {
    if (data.state === state) return;
    await quietly(refresh());
    await quietly(tell());
  },
  files(data) {
    ({ files } = data);
    return swap(data.paths, { added: adopt });
  },
  async problems(data) {
    await problems(data.problems);
    await quietly(tell());
  },
  follow(data) {
    if (data.path !== path) location.assign(data.path);
  },
  connected: async (isConnected) => (await bar).connected(isConnected),
});
onOtherView(viewChanged);

/** A server that is gone is told of by the stream; here it is not an error. */
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
