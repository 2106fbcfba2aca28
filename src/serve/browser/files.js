// Files of the page whose bytes changed: sheets and pictures are exchanged, scripts need a new page.
const MARK = 'bulletin-changed';
const LONGEST = 3000; // Milliseconds to wait for a style sheet.
/** Changed files by path, and how often they did. A page that is fetched later says nothing of it: see `freshen`. */
const changes = new Map();

/** Shows changed files without loading the page again, if that can be done. `added` is told of each new sheet. */
export async function swap(paths, { added }) {
  if (paths.some(isScriptOfPage)) return location.reload();
  for (const path of paths) count(path);
  const sheets = [...document.querySelectorAll('link[rel~=stylesheet]')];
  // To the page, a sheet has changed if one that it imports has.
  for (const link of sheets) if (paths.some((path) => imports(link.sheet, path))) count(parsed(link.href).pathname);
  freshenImages(document);
  await Promise.all(sheets.map((link) => replaceSheet(link, added)));
}

/** Shows all sheets and pictures as they are now. */
export function swapAll(callbacks) {
  const sheets = [...document.querySelectorAll('link[rel~=stylesheet]')].map((link) => link.href);
  const images = [...document.images].map((image) => image.currentSrc);
  const urls = [...sheets, ...images].map(parsed).filter((url) => url?.origin === location.origin);
  return swap([...new Set(urls.map((url) => url.pathname))], callbacks);
}

function count(path) {
  changes.set(path, (changes.get(path) ?? 0) + 1);
}

/** Makes a new document ask for changed files by the addresses that `swap` gave them: the old ones may be cached. */
export function freshen(doc) {
  freshenImages(doc);
  for (const link of doc.querySelectorAll('link[rel~=stylesheet]')) {
    const fresh = freshAddress(link.getAttribute('href'));
    if (fresh) link.setAttribute('href', fresh);
  }
}

/** Waits for a style sheet that was put into the page. */
export function loaded(link) {
  return new Promise((resolve) => {
    for (const type of ['load', 'error']) link.addEventListener(type, resolve, { once: true });
    setTimeout(resolve, LONGEST);
  });
}

/** The new sheet is loaded beside the old one, so that the page is never without. */
async function replaceSheet(old, added) {
  const fresh = freshAddress(old.getAttribute('href'));
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
      const fresh = freshAddress(element.getAttribute(name));
      if (fresh) element.setAttribute(name, fresh);
    }
    const set = element.getAttribute('srcset');
    if (!set) continue;
    // Addresses in a set have no spaces; commas stand at their end.
    const fresh = set.replace(/[^\s,]\S*[^\s,]/g, (word) => freshAddress(word) ?? word);
    if (fresh !== set) element.setAttribute('srcset', fresh);
  }
}

/** The address with the mark of its last change, or null if it is right as it is. */
function freshAddress(written) {
  if (!written) return null;
  const url = parsed(written);
  if (url?.origin !== location.origin) return null;
  const times = changes.get(url.pathname);
  if (!times || url.searchParams.get(MARK) === String(times)) return null;
  url.searchParams.set(MARK, times);
  return url.pathname + url.search + url.hash;
}

function isScriptOfPage(path) {
  if (!/\.m?js$/.test(path)) return false;
  // Scripts that scripts import are in no tag.
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
    return false; // A sheet of another host, which may not be looked into.
  }
}

function parsed(address) {
  try {
    return new URL(address, document.baseURI);
  } catch {
    return null;
  }
}
