// Changed files of the page: style sheets and pictures are replaced, scripts need a reload.
const MARK = 'bulletin-changed';
const LONGEST = 3000; // Milliseconds to wait for a style sheet.
/** How often each path changed. A page that is fetched later has the old URLs: see `freshen`. */
const changes = new Map();

/** Shows changed files, without a reload if possible. `added` is called with each new style sheet. */
export async function swap(paths, { added }) {
  if (paths.some(isPageScript)) return location.reload();
  for (const path of paths) count(path);
  const sheets = [...document.querySelectorAll('link[rel~=stylesheet]')];
  // A style sheet changed if one that it imports changed.
  for (const link of sheets) if (paths.some((path) => imports(link.sheet, path))) count(parsed(link.href).pathname);
  freshenImages(document);
  await Promise.all(sheets.map((link) => replaceSheet(link, added)));
}

/** Reloads all style sheets and pictures. */
export function swapAll(callbacks) {
  const sheets = [...document.querySelectorAll('link[rel~=stylesheet]')].map((link) => link.href);
  const images = [...document.images].map((image) => image.currentSrc);
  const urls = [...sheets, ...images].map(parsed).filter((url) => url?.origin === location.origin);
  return swap([...new Set(urls.map((url) => url.pathname))], callbacks);
}

function count(path) {
  changes.set(path, (changes.get(path) ?? 0) + 1);
}

/** Gives changed files in a new document the URLs of `swap`, because the old ones may be cached. */
export function freshen(doc) {
  freshenImages(doc);
  for (const link of doc.querySelectorAll('link[rel~=stylesheet]')) {
    const fresh = freshUrl(link.getAttribute('href'));
    if (fresh) link.setAttribute('href', fresh);
  }
}

/** Waits for a style sheet to load. */
export function loaded(link) {
  return new Promise((resolve) => {
    for (const type of ['load', 'error']) link.addEventListener(type, resolve, { once: true });
    setTimeout(resolve, LONGEST);
  });
}

/** Loads the new style sheet before it removes the old one, so that the page is never unstyled. */
async function replaceSheet(old, added) {
  const fresh = freshUrl(old.getAttribute('href'));
  if (!fresh) return;
  const link = old.cloneNode();
  link.href = fresh;
  old.after(link);
  added(link);
  await loaded(link);
  old.remove();
}

function freshenImages(doc) {
  for (const element of doc.querySelectorAll('img, source, video[poster], image, input[type=image]')) {
    for (const name of ['src', 'poster', 'href']) {
      const fresh = freshUrl(element.getAttribute(name));
      if (fresh) element.setAttribute(name, fresh);
    }
    const set = element.getAttribute('srcset');
    if (!set) continue;
    // URLs in a `srcset` have no spaces, but may be followed by commas.
    const fresh = set.replace(/[^\s,]\S*[^\s,]/g, (word) => freshUrl(word) ?? word);
    if (fresh !== set) element.setAttribute('srcset', fresh);
  }
}

/** The URL with the number of its changes, or null if it needs none. */
function freshUrl(written) {
  if (!written) return null;
  const url = parsed(written);
  if (url?.origin !== location.origin) return null;
  const times = changes.get(url.pathname);
  if (!times || url.searchParams.get(MARK) === String(times)) return null;
  url.searchParams.set(MARK, times);
  return url.pathname + url.search + url.hash;
}

function isPageScript(path) {
  if (!/\.m?js$/.test(path)) return false;
  // Imported scripts have no tag.
  const asked = performance.getEntriesByType('resource').map((entry) => entry.name);
  const written = [...document.scripts].map((script) => script.src);
  return [...asked, ...written].some((address) => isAt(address, path));
}

function isAt(address, path) {
  const url = parsed(address);
  return url?.origin === location.origin && url.pathname === path;
}

function imports(sheet, path) {
  try {
    return [...(sheet?.cssRules ?? [])].some((rule) => {
      if (!(rule instanceof CSSImportRule)) return false;
      return isAt(new URL(rule.href, sheet.href), path) || imports(rule.styleSheet, path);
    });
  } catch {
    return false; // A style sheet of another host cannot be read.
  }
}

function parsed(address) {
  try {
    return new URL(address, document.baseURI);
  } catch {
    return null;
  }
}
