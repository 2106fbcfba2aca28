// Checks structured data as TypeScript against the types of schema.org: node validate/jsonld.mjs FOLDER…
// Each object becomes a constant of its type (schema-dts), and a single run of the compiler reports unknown properties, values of the
// wrong type and unknown types. FOLDER is a built site. A folder without structured data is an error too.
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';

const MODULES = join(createRequire(import.meta.url).resolve('schema-dts/package.json'), '../..');
const SCRIPT = /<script type="application\/ld\+json">([\s\S]*?)<\/script>/g;
// One fault each. A check that finds none of them would accept anything.
const FAULTY = [
  { '@context': 'https://schema.org', '@type': 'NewsArticle', headlin: 'A word too short' },
  { '@context': 'https://schema.org', '@type': 'NewsArticle', author: { '@type': 'Person', name: 7 } },
  { '@context': 'https://schema.org', '@type': 'NewArticle', headline: 'No such kind' },
  { '@context': 'https://schema.org', '@graph': [{ '@type': 'BreadcrumbList', itemListElements: [] }] },
  { '@context': 'https://schema.org', headline: 'No kind' },
];
// The number of constants in a file, which limits the compiler's memory.
const PER_FILE = 200;

/** The distinct objects of all pages below the folders. */
function collect(folders) {
  const found = new Map();
  const faults = [];
  for (const folder of folders) {
    const pages = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.html')).sort();
    let count = 0;
    for (const page of pages) {
      const where = join(folder, page);
      for (const [, text] of readFileSync(where, 'utf8').matchAll(SCRIPT)) {
        count++;
        try {
          const value = JSON.parse(text);
          found.set(JSON.stringify(value), { value, where });
        } catch (error) {
          faults.push(`${where}: ${error.message}`);
        }
      }
    }
    if (count === 0) faults.push(`${folder}: no structured data at all`);
  }
  return { found: [...found.values()], faults };
}

/** A TypeScript constant. A type that schema-dts does not know is an error, because its name is undefined. */
function constant({ value }, index) {
  // The compiler treats these separators as line ends.
  const text = JSON.stringify(value, null, 1).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  const kind = value['@graph'] ? 's.Graph' : `s.WithContext<s.${value['@type']}>`;
  return `export const x${index}: ${kind} = ${text};\n`;
}

/** Writes the constants and returns the compiler's errors with their pages. */
function compile(items) {
  const dir = mkdtempSync(join(tmpdir(), 'jsonld-'));
  const names = [];
  const lines = new Map(); // File → for each line its page.
  symlinkSync(MODULES, join(dir, 'node_modules'));
  for (let start = 0; start < items.length; start += PER_FILE) {
    const part = items.slice(start, start + PER_FILE);
    const name = join(dir, `part${start}.ts`);
    const head = "import type * as s from 'schema-dts';\n";
    const bodies = part.map(constant);
    writeFileSync(name, head + bodies.join(''));
    lines.set(name, ['', ...bodies.flatMap((body, i) => body.trimEnd().split('\n').map(() => part[i].where))]);
    names.push(name);
  }
  const program = ts.createProgram(names, { strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.ES2022, types: [] });
  const faults = ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const words = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n').split('\n');
    // The last lines contain the error. The lines before only list the union types.
    const text = words.length > 3 ? [words[0].slice(0, 200), ...words.slice(-2)].join(' … ') : words.join(' ');
    if (!diagnostic.file) return text;
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
    const source = (diagnostic.file.text.split('\n')[line] ?? '').trim().slice(0, 120);
    return `${lines.get(diagnostic.file.fileName)?.[line] ?? diagnostic.file.fileName}: ${source}: ${text.slice(0, 600)}`;
  });
  rmSync(dir, { recursive: true });
  return faults;
}

const { found, faults } = collect(process.argv.slice(2));
const faulty = FAULTY.map((value, i) => ({ value, where: `(faulty ${i})` }));
const said = compile([...found, ...faulty]);
faults.push(...said.filter((fault) => !fault.startsWith('(faulty ')));
for (const { value, where } of faulty) {
  if (!said.some((fault) => fault.startsWith(where))) faults.push(`found nothing wrong with ${JSON.stringify(value)}`);
}
for (const fault of faults) console.log(`FAIL jsonld-types: ${fault}`);
console.log(`${found.length} objects of structured data`);
console.log(`${faults.length > 0 ? 0 : found.length} passed, ${faults.length} failed`);
process.exitCode = faults.length > 0 ? 1 : 0;
