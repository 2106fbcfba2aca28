// The stream of what the server tells, open while the tab is seen: browsers allow six connections to a host, over all tabs.
import { renewToken, streamAddress } from './server.js';

const AGAIN = 1500; // Milliseconds until a stream that the server refused is asked for again.
const PATIENCE = 2000; // A connection that is back within this time was never missed.

/**
 * Listens for events about a page. `handlers` maps names of events to functions of their data; `connected` is told
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
      // Refused, not merely out of reach: the browser does not try again by itself, and the token may be of another run.
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
