// Requests to the preview server, with the token that it put into the page.
const BASE = new URL('.', import.meta.url);
let token = null;

/** The server cannot be reached. */
export class Unreachable extends Error {
  message = 'The preview server is not responding';
}

/** Reads the token and the state of the page from the script tag of the preview, and removes the tag. */
export function takeTag(doc) {
  const tag = [...doc.querySelectorAll('script[data-token]')].findLast((script) => {
    return new URL(script.getAttribute('src') ?? '', location.href).pathname.startsWith(BASE.pathname);
  });
  if (!tag) return { state: null };
  token = tag.dataset.token;
  tag.remove();
  return { state: tag.dataset.state || null };
}

/** Fetches the current version of this page. */
export async function fetchPage() {
  const response = await reach(location.pathname + location.search, { cache: 'no-store' });
  const type = response.headers.get('Content-Type') ?? '';
  return { response, doc: type.startsWith('text/html') ? parse(await response.text()) : null };
}

function parse(html) {
  return new DOMParser().parseFromString(html, 'text/html');
}

/** Fetches a new token after the server was restarted. False if there is none. */
export async function renewToken() {
  const old = token;
  const { doc } = await fetchPage();
  if (doc) takeTag(doc);
  return token !== old;
}

/** The URL of a page or file of the preview. */
export function address(name, parameters = {}) {
  const url = new URL(name, BASE);
  for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
  return url;
}

/** The URL of the event stream. The request cannot have headers, so the token is in the query. */
export function streamAddress(path) {
  return address('events', { token, path });
}

/** Fetches JSON. */
export async function get(name, parameters, { signal } = {}) {
  const response = await ask(address(name, parameters), { signal });
  return response.json();
}

export async function post(name, body) {
  await ask(address(name), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    throw error instanceof TypeError ? new Unreachable() : error;
  }
}

async function ask(url, options, isAgain = false) {
  const headers = { ...options.headers, 'X-Bulletin-Token': token };
  const response = await reach(url, { ...options, headers, cache: 'no-store' });
  if (response.ok) return response;
  if (response.status === 403 && !isAgain && (await renewToken())) return ask(url, options, true);
  const { message } = await response.json().catch(() => ({}));
  throw new Error(message ?? `The preview server returned the status ${response.status}`);
}
