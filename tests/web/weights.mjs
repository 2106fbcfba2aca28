// Weighs the pictures of a site's front page, as Chromium loads them on phones and desktops: node weights.mjs PUBLIC
// Prints a table, and fails if the pictures weigh more than the budget or the layout shifts. $CHROMIUM is the browser.
import { chromium } from 'playwright-core';
import { ARGS, serve } from './browser.mjs';

// Widths and device pixel ratios, with the largest weight of all pictures of the page in bytes. Without a budget, the weight is only printed.
const KB = 1000;
const SCREENS = [
  { width: 390, height: 844, dpr: 1, budget: 150 * KB },
  { width: 390, height: 844, dpr: 2, budget: 150 * KB },
  { width: 390, height: 844, dpr: 3 },
  { width: 1280, height: 800, dpr: 1, budget: 400 * KB },
  { width: 1280, height: 800, dpr: 2 },
];
const LARGEST_SHIFT = 0.02; // Cumulative Layout Shift; 0.1 counts as good (web.dev/articles/cls).
// A 4G connection, as Lighthouse simulates it for phones. The largest contentful paint is only printed: it depends on the machine.
const SLOW = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };

/** Opens the front page, waits, scrolls to its end, and measures. */
async function measure(browser, url, { width, height, dpr }) {
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: dpr });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', SLOW);
  const weights = new Map(); // Request of a picture → bytes of its body. The icon of the site is a drawing in SVG.
  session.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Image' && response.mimeType !== 'image/svg+xml') weights.set(requestId, 0);
  });
  session.on('Network.dataReceived', ({ requestId, dataLength }) => {
    if (weights.has(requestId)) weights.set(requestId, weights.get(requestId) + dataLength);
  });
  const total = () => [...weights.values()].reduce((sum, bytes) => sum + bytes, 0);
  await page.addInitScript(() => {
    globalThis.seen = { shift: 0, paint: 0 };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shift += entry.hadRecentInput ? 0 : entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
    new PerformanceObserver((list) => {
      seen.paint = list.getEntries().at(-1).startTime;
    }).observe({ type: 'largest-contentful-paint', buffered: true });
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  const first = { bytes: total(), count: weights.size };
  const { paint } = await page.evaluate(() => seen);
  await page.evaluate(async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
      scrollTo(0, y);
      await new Promise((done) => setTimeout(done, 100));
    }
  });
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  await page.waitForLoadState('networkidle');
  const { shift } = await page.evaluate(() => seen);
  const missing = await page.evaluate(() => [...document.images].filter((image) => image.naturalWidth === 0).length);
  await context.close();
  return { first, all: { bytes: total(), count: weights.size }, paint, shift, missing };
}

const site = { dir: process.argv[2], prefix: '/' };
const server = await serve(site, () => ({}));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, headless: true, args: ARGS });
const faults = [];
console.log('== Weight of the front page’s pictures');
try {
  for (const screen of SCREENS) {
    const { first, all, paint, shift, missing } = await measure(browser, `http://127.0.0.1:${server.address().port}/`, screen);
    const name = `${screen.width} px, ${screen.dpr}x`;
    const kb = ({ bytes, count }) => `${(bytes / KB).toFixed(1)} KB of ${count} pictures`;
    console.log(`${name}: ${kb(first)} at once, ${kb(all)} in all, largest paint after ${Math.round(paint)} ms, shift ${shift.toFixed(4)}`);
    if (all.bytes > (screen.budget ?? Infinity)) faults.push(`${name}: more than ${screen.budget / KB} KB of pictures`);
    if (shift > LARGEST_SHIFT) faults.push(`${name}: the layout shifts by ${shift.toFixed(3)}`);
    // A budget that nothing uses proves nothing.
    if (all.count === 0 || paint === 0) faults.push(`${name}: nothing was measured`);
    if (missing > 0) faults.push(`${name}: ${missing} pictures do not load`);
  }
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}
for (const fault of faults) console.log(`FAIL weight: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
