// Checks pages in Chromium, served with the headers of the site: on a phone and a desktop, in light and dark mode.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { applied, read } from './headers.mjs';

// For sites without a policy.
const CSP =
  "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png',
  '.jpg': 'image/jpeg', '.webp': 'image/webp', '.avif': 'image/avif', '.woff2': 'font/woff2',
};
/** Options for Chromium. */
export const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const WIDTHS = [320, 1280];
const SCHEMES = ['light', 'dark'];
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Kinds of page, by path and then by content. The first page of each kind is checked on each site. */
const KINDS = {
  front: (file) => file === 'index.html',
  'not found': (file) => file === '404.html',
  numbered: (file) => /(^|\/)page\/\d+\/index\.html$/.test(file),
  year: (file) => /^\d{4}\/index\.html$/.test(file),
  month: (file) => /^\d{4}\/\d\d\/index\.html$/.test(file),
  day: (file) => /^\d{4}\/\d\d\/\d\d\/index\.html$/.test(file),
  tags: (file) => file === 'tags/index.html',
  authors: (file) => file === 'authors/index.html',
  tag: (file) => /^tags\/[^/]+\/index\.html$/.test(file),
  author: (file) => /^authors\/[^/]+\/index\.html$/.test(file),
  series: (file) => /^series\/[^/]+\/index\.html$/.test(file),
  withdrawn: (_, html) => html.includes('class="article withdrawn"'),
  standing: (_, html) => html.includes('class="article standing"'),
  'article, right to left': (_, html) => isArticle(html) && /<html[^>]* dir="rtl"/.test(html),
  'article with a table and notes': (_, html) => isArticle(html) && /table-scroll/.test(html) && /class="footnotes"/.test(html),
  'article with a picture': (_, html) => isArticle(html) && html.includes('lead-figure'),
  article: (_, html) => isArticle(html),
  section: () => true,
};
const isArticle = (html) => html.includes('<article class="article ');
const isRedirect = (html) => /http-equiv="?refresh/i.test(html);

/** Runs all checks on pages of the sites. */
export async function check(sites, report) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, headless: true, args: ARGS });
  const seen = new Set();
  try {
    for (const site of sites) {
      const headers = headersOf(site, report);
      const server = await serve(site, headers);
      const origin = `http://127.0.0.1:${server.address().port}`;
      // Two tabs share the queue.
      const queue = choose(site, seen);
      await Promise.all([1, 2].map(() => look(browser, origin, site, queue, report)));
      server.close();
      server.closeAllConnections();
    }
  } finally {
    await browser.close();
  }
  for (const kind of Object.keys(KINDS)) report('kind', 'all', kind, seen.has(kind) ? [] : ['no site has such a page']);
}

/** The first page of each kind. On the nasty sites every article, because each is a test case. */
function choose({ name, prefix, pages }, seen) {
  const here = new Set();
  const chosen = [];
  for (const { file, html } of pages) {
    if (isRedirect(html)) continue;
    const kind = Object.keys(KINDS).find((kind) => KINDS[kind](file, html));
    const isCase = name !== 'sample' && isArticle(html);
    if (here.has(kind) && !isCase) continue;
    here.add(kind);
    seen.add(kind);
    // A missing page is requested at a deep path, where relative URLs would break.
    const url = kind === 'not found' ? 'no/such/page/' : file.replace(/(^|\/)index\.html$/, '$1');
    chosen.push({ kind, file, path: encodeURI(prefix + url) });
  }
  return chosen;
}

/** The headers that the site sets in `_headers`, which must include a policy for its pages. */
function headersOf({ name, dir, prefix }, report) {
  const file = join(dir, '_headers');
  const blocks = existsSync(file) ? read(readFileSync(file, 'utf8')) : [];
  const has = 'content-security-policy' in applied(blocks, prefix);
  report('policy', name, '_headers', has ? [] : ['no content security policy for the front page']);
  return (path) => (has ? applied(blocks, path) : { 'content-security-policy': CSP });
}

/** Serves a built site at a free port. `headers` gives those of a path. */
export function serve({ dir, prefix }, headers) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    const file = path.slice(prefix.length) + (path.endsWith('/') ? 'index.html' : '');
    const isThere = path.startsWith(prefix) && existsSync(join(dir, file));
    const sent = isThere ? file : '404.html';
    response.writeHead(isThere ? 200 : 404, {
      'x-content-type-options': 'nosniff',
      ...headers(new URL(request.url, 'http://x').pathname),
      'content-type': TYPES[extname(sent)] ?? 'application/octet-stream',
    });
    response.end(existsSync(join(dir, sent)) ? readFileSync(join(dir, sent)) : '');
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function look(browser, origin, site, queue, report) {
  // axe does not run under the policy, so it has its own tab.
  const strict = await (await browser.newContext()).newPage();
  const lax = await (await browser.newContext({ bypassCSP: true })).newPage();
  const errors = [];
  const strays = [];
  let url;
  // The error response for the missing page is expected.
  strict.on('console', (m) => {
    const asked = m.location().url === url && m.text().includes('status of 404');
    if (m.type() === 'error' && !asked) errors.push(`${m.text()} (${m.location().url})`);
  });
  strict.on('pageerror', (error) => errors.push(String(error)));
  strict.on('request', (r) => r.url().startsWith(`${origin}${site.prefix}`) || strays.push(`a request for ${r.url()}`));
  strict.on('response', (r) => r.status() < 400 || r.url() === url || strays.push(`${r.status()} for ${r.url()}`));
  for (let next = queue.shift(); next; next = queue.shift()) {
    url = origin + next.path;
    await strict.goto(url);
    await lax.goto(url);
    await lax.evaluate(AXE);
    for (const width of WIDTHS) {
      for (const scheme of SCHEMES) {
        const where = `${next.file} [${next.kind}, ${width} px, ${scheme}]`;
        for (const page of [strict, lax]) {
          await page.setViewportSize({ width, height: 800 });
          await page.emulateMedia({ colorScheme: scheme });
        }
        // Loads lazy pictures as well.
        await strict.evaluate(() => {
          for (const image of document.images) image.loading = 'eager';
          return Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
        });
        report('overflow', site.name, where, await strict.evaluate(overflow));
        report('console', site.name, where, errors.splice(0));
        report('requests', site.name, where, strays.splice(0));
        report('axe', site.name, where, await lax.evaluate(axe, RULES));
      }
    }
  }
  await strict.context().close();
  await lax.context().close();
}

/** Runs in the page: finds elements wider than the window. */
function overflow() {
  const width = document.documentElement.scrollWidth;
  if (width <= innerWidth) return [];
  const wide = [...document.querySelectorAll('body *')].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.right > innerWidth || box.left < 0;
  });
  // The innermost elements are the most specific.
  const inner = wide.filter((e) => !wide.some((other) => e !== other && e.contains(other)));
  return [`${width} px wide: ${inner.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(' | ')}`];
}

/** Runs in the page: finds violations of axe's rules. */
async function axe(values) {
  const { violations } = await globalThis.axe.run({ runOnly: { type: 'tag', values } });
  return violations.flatMap((v) => v.nodes.slice(0, 3).map((n) => {
    const why = n.failureSummary.split('\n').slice(1).map((line) => line.trim()).join('; ');
    return `${v.id}: ${v.help}: ${n.html.slice(0, 160)} (${why})`;
  }));
}
