// Checks built sites: node check.mjs FOLDER NAME:PREFIX…
// FOLDER/NAME/public is served below PREFIX. $CHROMIUM is the browser.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { HtmlValidate } from 'html-validate';
import { check as browse } from './browser.mjs';

const [work, ...names] = process.argv.slice(2);
const LARGEST = 50 * 1024;

// A page that fails every check. A check that does not find its fault would accept anything.
const FAULTY = `<!doctype html><html lang="en"><title>Faulty</title><body style="width:2000px"><a href="#no">a</a>
<center>old</center><p>${'x'.repeat(LARGEST)}</p><img src="https://elsewhere.example/x.png"><script>1</script></body></html>`;
mkdirSync(join(work, 'faulty/public'), { recursive: true });
writeFileSync(join(work, 'faulty/public/index.html'), FAULTY);

const sites = [...names, 'faulty:/'].map((given) => {
  const [name, prefix] = given.split(':');
  const dir = join(work, name, 'public');
  const files = readdirSync(dir, { recursive: true }).filter((file) => file.endsWith('.html')).sort();
  const pages = files.map((file) => ({ name, file, html: readFileSync(join(dir, file), 'utf8') }));
  return { name, prefix, dir, pages };
});
const pages = sites.flatMap((site) => site.pages);

let passed = 0;
let failed = 0;
const failures = new Map(); // Check and fault → where it was found.
const found = new Set(); // The checks that found a fault in the faulty page.

/** Records a check of a page. A fault is a message, or a message and its place in the page. */
function report(check, name, where, faults) {
  if (name === 'faulty') {
    if (faults.length > 0) found.add(check);
    return;
  }
  if (faults.length === 0) return void passed++;
  failed++;
  for (const fault of faults) {
    const [what, place] = [fault].flat();
    const key = `FAIL ${check}: ${what}`;
    failures.set(key, [...(failures.get(key) ?? []), `${name}/${where}${place ? `: ${place}` : ''}`]);
  }
}

function step(words) {
  console.log(`== ${words} (${Math.round(performance.now() / 1000)} s)`);
}

step(`Nu HTML Checker: ${pages.length} pages`);
{
  const jar = join(createRequire(import.meta.url).resolve('vnu-jar'), '../build/dist/vnu.jar');
  const args = ['-jar', jar, '--format', 'json', '--stdout', '--exit-zero-always', '--skip-non-html'];
  const out = execFileSync('java', [...args, ...sites.map((site) => site.dir)], { maxBuffer: 1 << 28 });
  const faults = new Map();
  for (const m of JSON.parse(out).messages) {
    if (m.type === 'info' && m.subType !== 'warning') continue;
    const file = decodeURIComponent(m.url ?? '');
    const place = `line ${m.lastLine}: ${JSON.stringify(m.extract ?? '')}`;
    faults.set(file, [...(faults.get(file) ?? []), [m.message, place]]);
  }
  for (const { name, dir, pages } of sites) {
    for (const { file } of pages) {
      const url = `file:${join(dir, file)}`;
      report('vnu', name, file, faults.get(url) ?? []);
      faults.delete(url);
    }
  }
  // Problems that belong to no page, such as a crash of the checker.
  for (const [file, lines] of faults) report('vnu', 'all', file, lines);
}

step('html-validate');
{
  const validate = new HtmlValidate({
    root: true,
    extends: ['html-validate:recommended', 'html-validate:a11y', 'html-validate:document'],
    rules: {
      // Style rules: HTML allows both forms. The length of titles and spaces in code are up to editors.
      'doctype-style': 'off',
      'long-title': 'off',
      'no-trailing-whitespace': 'off',
      // The style sheet comes from the same host as the page.
      'require-sri': 'off',
      'void-style': 'off',
    },
  });
  for (const { name, file, html } of pages) {
    const { results } = await validate.validateString(html, file);
    const lines = html.split('\n');
    const faults = results.flatMap((result) => result.messages).map((m) => {
      const snippet = lines[m.line - 1].slice(Math.max(0, m.column - 40), m.column + 80);
      return [`${m.ruleId}: ${m.message}`, `line ${m.line}: ${JSON.stringify(snippet)}`];
    });
    report('html-validate', name, file, faults);
  }
}

step(`Weight, at most ${LARGEST / 1024} KB of HTML and CSS, and no scripts`);
for (const { name, prefix, dir, pages } of sites) {
  for (const { file, html } of pages) {
    const sheets = [...html.matchAll(/<link rel="stylesheet" href="([^"]*)"/g)].map(([, href]) => href);
    const css = sheets.map((href) => readFileSync(join(dir, href.slice(prefix.length))).length);
    const weight = css.reduce((sum, size) => sum + size, Buffer.byteLength(html));
    report('weight', name, file, weight > LARGEST ? [`${weight} bytes of HTML and CSS`] : []);
    // Structured data is in scripts that are not executed.
    report('script', name, file, /<script(?! type="application\/ld\+json">)/i.test(html) ? ['there is a <script>'] : []);
  }
}

step('Links inside each site');
for (const { name, prefix, dir, pages } of sites) {
  const text = (html) => html.replace(/&(amp|quot|lt|gt|#39|#x27);/g, (_, e) => ({ amp: '&', quot: '"', lt: '<', gt: '>' })[e] ?? "'");
  const ids = new Map(pages.map(({ file, html }) => [file, new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => text(id)))]));
  for (const { file, html } of pages) {
    const here = new URL(prefix + encodeURI(file), 'http://site.invalid');
    const faults = [...html.matchAll(/ (?:href|src)="([^"]*)"/g)].flatMap(([, written]) => {
      const url = new URL(text(written), here);
      if (url.origin !== here.origin) return [];
      const path = decodeURIComponent(url.pathname);
      const target = path.slice(prefix.length) + (path.endsWith('/') ? 'index.html' : '');
      const isThere = path.startsWith(prefix) && existsSync(join(dir, target));
      const fragment = decodeURIComponent(url.hash.slice(1));
      return isThere && (!fragment || ids.get(target)?.has(fragment)) ? [] : [`${written} leads nowhere`];
    });
    report('links', name, file, faults);
  }
}

step('Chromium');
await browse(sites, report);

const checks = ['vnu', 'html-validate', 'weight', 'script', 'links', 'policy', 'console', 'requests', 'overflow', 'axe'];
for (const check of checks) {
  report('self-test', 'all', check, found.has(check) ? [] : ['found nothing wrong with the faulty page']);
}
step('Done');
for (const [fault, places] of failures) {
  const more = places.length > 3 ? [`and ${places.length - 3} more`] : [];
  console.log([fault, ...places.slice(0, 3), ...more].join('\n     '));
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
