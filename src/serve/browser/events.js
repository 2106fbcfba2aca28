// The event stream, open while the tab is visible: browsers allow six connections per host over all tabs.
import { renewToken, streamAddress } from './server.js';

const AGAIN = 1500; // Milliseconds until a refused stream is requested again.
const PATIENCE = 2000; // Milliseconds for which a lost connection is not reported.

/**
 * Listens for events about a page. `handlers` maps event names to functions of their data; `connected` is called with
 * whether the server can be reached.
 */
export function listen(path, { connected, ...handlers }) {
  let source = null;
  let timer = null;
  let doubt = null;

  function open() {
    close();
    if (document.hidden) return;
    source = new EventSource(streamAddress(path));
    for (const [name, handler] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => handler(JSON.parse(event.data)));
    }
    source.addEventListener('open', () => {
      clearTimeout(doubt);
      doubt = null;
      connected(true);
    });
    source.addEventListener('error', () => {
      doubt ??= setTimeout(() => connected(false), PATIENCE);
      // The server refused: the browser does not retry, and the token may belong to an earlier run.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(reopen, AGAIN);
    });
  }

  async function reopen() {
    await renewToken().catch(() => {});
    open();
  }

  function close() {
    clearTimeout(timer);
    clearTimeout(doubt);
    doubt = null;
    source?.close();
    source = null;
  }

  document.addEventListener('visibilitychange', () => (document.hidden ? close() : source ?? open()));
  addEventListener('pagehide', close);
  addEventListener('pageshow', () => source ?? open());
  open();
  return { reconnect: open };
}
