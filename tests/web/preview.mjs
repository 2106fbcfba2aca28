// Checks the pages of `bulletin serve` in a browser while a site is edited: node preview.mjs [PART OF A CHECK'S NAME]
// BULLETIN is the program, CHROMIUM the browser.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PATIENCE = 10_000; // Time limit in milliseconds for expected events.
const CALM = 400; // How long to wait, in milliseconds, for events that must not happen.

/** The strictest policy under which the preview works: its client requires a script, styles and an event stream. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; base-uri 'none'";
const STORY = '/2026/01/quay/';
const SECRET = '/2026/01/secret/';
const NOTES = '/2026/01/notes/';
const STORY_FILE = 'content/world/2026-01-05-quay.md';
const LONG = 'The quay is long, and who walks along it reads many lines of the same kind.\n\n'.repeat(40);
const FILES = {
  'bulletin.yaml': `title: The Test
base_url: https://preview.example/
timezone: Europe/Athens
sections: [{slug: world, title: World}]
extra: {stylesheet: site.css}
`,
  'static/_headers': `/*\n  Content-Security-Policy: ${CSP}\n`,
  'static/site.css': 'h1 { outline: 1px solid rgb(1, 2, 3) }\n',
  'static/app.js': "document.documentElement.dataset.app = 'first';\n",
  'static/dot.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>\n',
  [STORY_FILE]: `---
title: The quay
date: 2026-01-05T10:00:00+02:00
---

The first words of the story.

<details id="more"><summary>More</summary><p>What is inside.</p></details>

<p><label>Note <input id="note"></label> <img src="/dot.svg" alt="A dot" width="9" height="9"></p>

${LONG}The last words of the story.
`,
  'content/world/2026-01-06-secret.md': `---
title: The secret
date: 2026-01-06T10:00:00+02:00
embargo: 2099-01-01T06:00:00+02:00
---

Nobody reads this before its time.
`,
  'content/world/2026-01-07-notes.md': `---
title: Some notes
date: 2026-01-07T10:00:00+02:00
draft: true
---

Not yet a story.
`,
};

// ---- The site and its server

const dir = mkdtempSync(join(tmpdir(), 'bulletin-preview-'));

function write(name, text) {
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  writeFileSync(join(dir, name), text);
}

/** Replaces text in a file of the site. */
function edit(name, from, to) {
  const text = readFileSync(join(dir, name), 'utf8');
  assert(text.includes(from), `${name} has no ${from}`);
  write(name, text.replaceAll(from, to));
}

function restore() {
  for (const [name, text] of Object.entries(FILES)) {
    let now = null;
    try {
      now = readFileSync(join(dir, name), 'utf8');
    } catch {
      // The file does not exist yet.
    }
    if (now !== text) write(name, text);
  }
}

/** Starts a server and returns its address and a function to stop it. */
async function serve(...more) {
  const child = spawn(process.env.BULLETIN, ['serve', '--site', dir, ...more], { stdio: ['ignore', 'inherit', 'pipe'] });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  let said = '';
  const origin = await new Promise((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) resolve(found[0]);
    });
    ended.then((code) => reject(new Error(`The server ended with ${code}: ${said}`)));
  });
  return { origin, port: new URL(origin).port, end: () => (child.kill(), ended) };
}

// ---- The browser

/** Waits until a query returns the expected value. */
async function eventually(expected, question) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    let answer;
    try {
      answer = await question();
      assert.deepEqual(answer, expected);
      return;
    } catch (error) {
      // The page cannot be queried while it is being replaced.
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

const calm = () => new Promise((resolve) => setTimeout(resolve, CALM));

/** Opens a page of the preview in a tab that records errors. */
async function open(context, path) {
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => {
    // A story that the view hides is not found. A stopped server does not respond, and a restarted one rejects
    // the old stream.
    const isRefused = message.text().includes('status of 403') && message.location().url.includes('/__bulletin/events?');
    const asked = isRefused || /status of 404|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !asked) page.faults.push(`${message.text()} (${message.location().url})`);
  });
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  await page.goto(server.origin + path);
  await (path.startsWith('/__bulletin/') ? page.locator('tbody tr') : barOf(page)).first().waitFor();
  await page.evaluate(() => (globalThis.sameDocument = true));
  return page;
}

const isSame = (page) => page.evaluate(() => globalThis.sameDocument === true);
const barOf = (page) => page.getByRole('region', { name: 'Preview' });
const overlayOf = (page) => page.getByRole('dialog');
const textOf = (page) => page.locator('main').innerText();
const has = (page, words) => async () => (await textOf(page)).includes(words);
const asOfButton = (page) => page.getByRole('button', { name: /choose a time/ });

/** Sets a time in the preview bar. */
async function showAsOf(page, time) {
  await asOfButton(page).click();
  await page.getByLabel(/as of/i).and(page.locator('input')).fill(time);
  await page.getByRole('button', { name: 'Show', exact: true }).click();
}

// ---- The checks

const checks = {
  async 'new text appears without a reload'(context) {
    const page = await open(context, STORY);
    edit(STORY_FILE, 'The first words', 'Other words');
    await eventually(true, has(page, 'Other words of the story'));
    edit(STORY_FILE, 'title: The quay', 'title: The old quay');
    await eventually('The old quay', () => page.locator('h1').innerText());
    await eventually(true, async () => (await page.title()).startsWith('The old quay'));
    assert(await isSame(page));
    return [page];
  },

  async "the reader's changes to the page are kept"(context) {
    const page = await open(context, STORY);
    await page.locator('summary').first().click();
    await page.locator('#note').fill('half a thou');
    await page.locator('#note').evaluate((field) => field.setSelectionRange(2, 4));
    await page.evaluate(() => scrollTo(0, 900));
    const before = await page.evaluate(() => scrollY);
    assert(before > 800, 'the page is long enough to scroll');
    edit(STORY_FILE, 'The last words', 'The very last words');
    await eventually(true, has(page, 'The very last words'));
    const now = await page.evaluate(() => {
      const field = document.querySelector('#note');
      return {
        open: document.querySelector('details').open, value: field.value, focus: document.activeElement === field,
        selection: [field.selectionStart, field.selectionEnd], scroll: scrollY,
      };
    });
    assert.deepEqual(now, { open: true, value: 'half a thou', focus: true, selection: [2, 4], scroll: before });
    assert(await isSame(page));
    return [page];
  },

  async 'a style sheet is replaced'(context) {
    const page = await open(context, STORY);
    const colour = () => page.locator('h1').evaluate((h1) => getComputedStyle(h1).outlineColor);
    for (const [from, to] of [['1, 2, 3', '4, 5, 6'], ['4, 5, 6', '7, 8, 9']]) {
      assert.equal(await colour(), `rgb(${from})`);
      edit('static/site.css', from, to);
      await eventually(`rgb(${to})`, colour);
    }
    // The new style sheet stays when the page changes.
    edit(STORY_FILE, 'The first words', 'Other words');
    await eventually(true, has(page, 'Other words'));
    assert.equal(await colour(), 'rgb(7, 8, 9)');
    await eventually(1, () => page.locator('link[rel=stylesheet][href*="site"]').count());
    assert(await isSame(page));
    return [page];
  },

  async 'a picture is replaced'(context) {
    const page = await open(context, STORY);
    await page.locator('main img').scrollIntoViewIfNeeded();
    const width = () => page.locator('main img').evaluate((image) => image.naturalWidth);
    await eventually(9, width);
    edit('static/dot.svg', 'width="9"', 'width="18"');
    await eventually(18, width);
    assert(await isSame(page));
    return [page];
  },

  async 'a hidden tab catches up'(context) {
    const page = await open(context, STORY);
    const hide = (isHidden) => page.evaluate((isHidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value: isHidden });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
    await hide(true);
    edit(STORY_FILE, 'The first words', 'Other words');
    edit('static/site.css', '1, 2, 3', '4, 5, 6');
    await calm();
    assert((await textOf(page)).includes('The first words'), 'a hidden tab does not listen');
    await hide(false);
    await eventually(true, has(page, 'Other words'));
    await eventually('rgb(4, 5, 6)', () => page.locator('h1').evaluate((h1) => getComputedStyle(h1).outlineColor));
    assert(await isSame(page));
    return [page];
  },

  async 'a changed script reloads the page, changed structured data does not'(context) {
    const data = '<script type="application/ld+json">{"name": "one"}</script>';
    const script = '<script src="/app.js"></script>';
    edit(STORY_FILE, 'The last words', `<div>${data}${script}</div>\n\nThe last words`);
    const page = await open(context, STORY);
    await eventually('first', () => page.evaluate(() => document.documentElement.dataset.app));
    edit(STORY_FILE, '"one"', '"two"');
    await eventually(true, () => page.evaluate(() => [...document.scripts].some((script) => script.text.includes('two'))));
    assert(await isSame(page));
    edit('static/app.js', 'first', 'second');
    await eventually('second', () => page.evaluate(() => document.documentElement.dataset.app));
    assert(!(await isSame(page)));
    return [page];
  },

  async 'a problem covers the page until it is fixed'(context) {
    const page = await open(context, STORY);
    edit(STORY_FILE, 'title: The quay', 'title: The quay: closed');
    await overlayOf(page).waitFor();
    const words = await overlayOf(page).innerText();
    assert(words.includes('1 error'), words);
    assert(words.includes(`${STORY_FILE}:2`), words);
    assert(words.includes('title: The quay: closed'), words);
    assert((await textOf(page)).includes('The first words'), 'the last good page is under it');
    edit(STORY_FILE, 'title: The quay: closed', 'title: The quay reopens');
    await overlayOf(page).waitFor({ state: 'hidden' });
    await eventually('The quay reopens', () => page.locator('h1').innerText());
    assert(await isSame(page));
    return [page];
  },

  async 'a problem can be collapsed and takes no focus'(context) {
    const page = await open(context, STORY);
    await page.locator('#note').focus();
    edit(STORY_FILE, 'title: The quay', 'title: The quay: closed');
    await overlayOf(page).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'note');
    await page.keyboard.press('Escape');
    await overlayOf(page).waitFor({ state: 'hidden' });
    const counted = page.getByRole('button', { name: '1 error' });
    await counted.waitFor();
    await page.reload();
    await counted.waitFor();
    await calm();
    assert(await overlayOf(page).isHidden(), 'what was folded stays folded');
    await counted.click();
    await overlayOf(page).waitFor();
    await page.getByRole('button', { name: 'Hide', exact: true }).click();
    await overlayOf(page).waitFor({ state: 'hidden' });
    // Another problem is reported.
    edit(STORY_FILE, 'The quay: closed', 'The quay: shut');
    await overlayOf(page).waitFor();
    restore();
    await overlayOf(page).waitFor({ state: 'hidden' });
    await counted.waitFor({ state: 'hidden' });
    // So is one that returns.
    edit(STORY_FILE, 'title: The quay', 'title: The quay: shut');
    await overlayOf(page).waitFor();
    return [page];
  },

  async 'a future time shows embargoed stories'(context) {
    const page = await open(context, '/');
    await eventually(false, has(page, 'The secret'));
    await showAsOf(page, '2099-01-02T06:00');
    await eventually(true, has(page, 'The secret'));
    await eventually('As of Fri 2 Jan 2099 06:00', () => asOfButton(page).innerText());
    assert(await isSame(page));
    await asOfButton(page).click();
    await page.getByRole('button', { name: 'Now', exact: true }).click();
    await eventually(false, has(page, 'The secret'));
    await eventually('Now', () => asOfButton(page).innerText());
    assert(await isSame(page));
    return [page];
  },

  async 'a story appears and disappears with the view, also in other tabs'(context) {
    const page = await open(context, SECRET);
    assert.equal(await page.getByText('Nobody reads this').count(), 0);
    const other = await open(context, '/');
    await page.bringToFront();
    await showAsOf(page, '2099-01-02T06:00');
    await eventually(true, has(page, 'Nobody reads this'));
    await eventually(true, async () => /Embargoed until Thu 1 Jan 2099 06:00/.test(await barOf(page).innerText()));
    await other.bringToFront();
    await eventually(true, has(other, 'The secret'));
    // The cookie determines the view of a stream.
    edit('content/world/2026-01-06-secret.md', 'Nobody reads', 'No one reads');
    await page.bringToFront();
    await eventually(true, has(page, 'No one reads this'));
    return [page, other];
  },

  async 'drafts can be shown'(context) {
    const page = await open(context, '/');
    const drafts = page.getByRole('switch', { name: 'Drafts' });
    await drafts.check();
    await eventually(true, has(page, 'Some notes'));
    await page.goto(server.origin + NOTES);
    await eventually(true, async () => /Draft/.test(await barOf(page).innerText()));
    await page.goto(server.origin);
    await drafts.uncheck();
    await eventually(false, has(page, 'Some notes'));
    return [page];
  },

  async 'the bar works with the keyboard and can be hidden'(context) {
    const page = await open(context, STORY);
    const bar = barOf(page);
    await page.evaluate(() => document.querySelector('#note').focus());
    for (let i = 0; i < 200 && !(await page.evaluate(() => document.activeElement.localName === 'bulletin-bar')); i++) {
      await page.keyboard.press('Tab');
    }
    assert.equal(await page.evaluate(() => document.activeElement.localName), 'bulletin-bar');
    await asOfButton(page).focus();
    await page.keyboard.press('Enter');
    const field = page.locator('input[type=datetime-local]');
    await field.waitFor();
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'hidden' });
    assert(await asOfButton(page).evaluate((button) => button.getRootNode().activeElement === button));
    await page.getByRole('button', { name: 'Hide the bar' }).focus();
    await page.keyboard.press('Enter');
    await bar.waitFor({ state: 'hidden' });
    await page.reload();
    const tab = page.getByRole('button', { name: 'Show the bar' });
    await tab.waitFor();
    assert(await bar.isHidden());
    await tab.press('Enter');
    await bar.waitFor();
    return [page];
  },

  async 'the bar does not move the page'(context) {
    const measure = (page) => page.evaluate(() => [document.documentElement, document.body, document.querySelector('main')].map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x, y, width, height };
    }));
    const plain = await context.newPage();
    await plain.route('**/__bulletin/**', (route) => route.abort());
    await plain.goto(server.origin + STORY);
    await calm();
    const without = await measure(plain);
    const page = await open(context, STORY);
    await calm();
    assert.deepEqual(await measure(page), without);
    const shifts = await page.evaluate(() => new Promise((resolve) => {
      new PerformanceObserver((list) => resolve(list.getEntries().flatMap((entry) => entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 100) ?? '')))).observe({ type: 'layout-shift', buffered: true });
      setTimeout(resolve, 200, []);
    }));
    assert.deepEqual(shifts, []);
    await page.emulateMedia({ media: 'print' });
    assert(await barOf(page).isHidden(), 'it is not printed');
    for (const width of [320, 360, 1280]) {
      await page.emulateMedia({ media: 'screen' });
      await page.setViewportSize({ width, height: 700 });
      const { width: wide, height } = await barOf(page).boundingBox();
      assert(wide <= width && height <= 120, `${wide} × ${height} in a window of ${width}`);
    }
    return [page];
  },

  async 'only one script is added, and its tag is removed'(context) {
    const page = await open(context, STORY);
    const html = await (await page.request.get(server.origin + STORY)).text();
    assert.equal(html.match(/__bulletin/g).length, 1);
    assert.equal(await page.locator('script[data-token]').count(), 0);
    return [page];
  },

  async 'the desk lists, sorts and searches'(context) {
    const page = await open(context, '/__bulletin/');
    const titles = () => page.locator('tbody .title').allInnerTexts();
    await eventually(['The secret', 'Some notes', 'The quay'], titles);
    await page.getByRole('button', { name: 'Title' }).click();
    await eventually(['Some notes', 'The quay', 'The secret'], titles);
    assert.equal(await page.getByRole('columnheader', { name: 'Title' }).getAttribute('aria-sort'), 'ascending');
    await page.getByRole('button', { name: 'Title' }).click();
    await eventually(['The secret', 'The quay', 'Some notes'], titles);
    await page.getByRole('searchbox').fill('quay');
    await eventually(['The quay'], titles);
    await page.reload();
    await eventually(['The quay'], titles);
    await page.getByRole('searchbox').fill('');
    await page.getByRole('button', { name: /^Embargoed 1/ }).click();
    await eventually(['The secret'], titles);
    await eventually(true, async () => /Thu 1 Jan 2099 06:00\s+in \d+ (days|years)/.test(await page.locator('tbody tr').innerText()));
    return [page];
  },

  async 'the desk follows changes and keeps its filters'(context) {
    const page = await open(context, '/__bulletin/?q=quay');
    const titles = () => page.locator('tbody .title').allInnerTexts();
    edit(STORY_FILE, 'title: The quay', 'title: The old quay');
    await eventually(['The old quay'], titles);
    assert(await isSame(page));
    return [page];
  },

  async 'the desk opens a story in the view that shows it'(context) {
    const page = await open(context, '/__bulletin/');
    await page.getByRole('link', { name: 'The secret' }).click();
    await page.waitForURL(`**${SECRET}`);
    await eventually(true, has(page, 'Nobody reads this'));
    await eventually(true, async () => /As of Thu 1 Jan 2099 06:00/.test(await barOf(page).innerText()));
    await barOf(page).getByRole('link', { name: 'Desk' }).click();
    await page.getByRole('link', { name: 'Some notes' }).click();
    await page.waitForURL(`**${NOTES}`);
    await eventually(true, has(page, 'Not yet a story'));
    return [page];
  },

  async 'a restarted server is found'(context) {
    const page = await open(context, STORY);
    const { port } = server;
    await server.end();
    await page.getByText('The preview server is not responding').waitFor();
    edit(STORY_FILE, 'The first words', 'Words of the second run');
    server = await serve('--port', port);
    await eventually(true, has(page, 'Words of the second run'));
    await page.getByText('The preview server is not responding').waitFor({ state: 'hidden' });
    await page.getByRole('switch', { name: 'Drafts' }).check();
    await eventually(true, async () => page.getByRole('switch', { name: 'Drafts' }).isChecked());
    assert(await isSame(page));
    return [page];
  },

  async 'axe finds nothing in the bar, the problems and the desk'(_, browser) {
    const context = await browser.newContext({ bypassCSP: true });
    const page = await open(context, STORY);
    const desk = await open(context, '/__bulletin/');
    const found = [];
    for (const broken of [false, true]) {
      if (broken) {
        edit(STORY_FILE, 'title: The quay', 'title: The quay: closed');
        for (const tab of [page, desk]) {
          await tab.bringToFront();
          await overlayOf(tab).waitFor();
        }
      }
      for (const tab of [page, desk]) {
        await tab.bringToFront();
        for (const width of [360, 1280]) {
          for (const colorScheme of ['light', 'dark']) {
            await tab.setViewportSize({ width, height: 800 });
            await tab.emulateMedia({ colorScheme });
            if (!broken) await asOfButton(tab).click();
            await tab.evaluate(AXE);
            const where = `${new URL(tab.url()).pathname}, ${width} px, ${colorScheme}${broken ? ', with a problem' : ''}`;
            found.push(...(await tab.evaluate(axe, RULES)).map((fault) => `${where}: ${fault}`));
            const width_ = await tab.evaluate(() => document.documentElement.scrollWidth);
            if (width_ > width) found.push(`${where}: ${width_} px wide`);
            if (!broken) await tab.keyboard.press('Escape');
          }
        }
      }
    }
    assert.deepEqual(found, []);
    await context.close();
    return [];
  },
};

/** Runs in the page: finds violations of axe's rules. */
async function axe(values) {
  const { violations } = await globalThis.axe.run({ runOnly: { type: 'tag', values } });
  return violations.flatMap((v) => v.nodes.slice(0, 3).map((n) => `${v.id}: ${v.help}: ${n.target.join(' ')}: ${n.failureSummary}`));
}

// ---- Run them

restore();
let server = await serve('--port', '0');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: ARGS });
const wanted = process.argv.slice(2).join(' ');
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  if (!name.includes(wanted)) continue;
  const context = await browser.newContext();
  const started = performance.now();
  try {
    for (const page of await check(context, browser)) {
      assert.deepEqual(page.faults, [], 'nothing goes wrong in the page');
      assert.deepEqual(await page.evaluate(() => globalThis.violations), [], 'the policy is kept');
    }
    console.log(`ok    ${name} (${Math.round(performance.now() - started)} ms)`);
  } catch (error) {
    failed++;
    console.log(`FAIL  ${name}\n${error.stack.replace(/^/gm, '      ')}`);
  }
  await context.close();
  restore();
}
await browser.close();
await server.end();
rmSync(dir, { recursive: true, force: true });
console.log(failed > 0 ? `${failed} failed` : 'all passed');
process.exitCode = failed > 0 ? 1 : 0;
