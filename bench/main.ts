/** `npm run bench [name…] [--size MB] [--seed N]`: measures, and prints each figure beside what it must reach. */
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Corpus, corpus } from './corpus/generate.js';
import { measureAnalytics } from './measures/analytics.js';
import { measureAppend } from './measures/append.js';
import { measureImport } from './measures/import.js';
import { measureMemory } from './measures/memory.js';
import { measurePage } from './measures/page.js';
import { measureSearch } from './measures/search.js';
import { measureStream } from './measures/stream.js';
import { measureTrace } from './measures/trace.js';
import { measureUsage } from './measures/usage.js';
import { bundlePrograms, cache } from './programs.js';
import { type Figure, megabytes, printTable } from './table.js';

const measures: Record<string, (made: Corpus) => Promise<Figure[]>> = {
  import: measureImport,
  usage: measureUsage,
  analytics: measureAnalytics,
  trace: measureTrace,
  search: measureSearch,
  append: measureAppend,
  stream: measureStream,
  page: measurePage,
  memory: ({ truth }) => measureMemory(truth.sizeMb),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { size: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
const names = positionals.length > 0 ? positionals : Object.keys(measures);
const unknown = names.filter((name) => !(name in measures));
if (unknown.length > 0)
  throw new Error(`no measure is called ${unknown.join(', ')}; there are ${Object.keys(measures).join(', ')}`);

mkdirSync(cache, { recursive: true });
await bundlePrograms();
console.log(`making a corpus of ${values.size} MB, or taking the one that was made before …`);
const made = corpus(cache, { seed: Number(values.seed), sizeMb: Number(values.size) });
const { files, lines, bytes } = made.truth;
console.log(`${files} files, ${lines} lines, ${megabytes(bytes)}\n`);
const figures: Figure[] = [];
for (const name of names) {
  console.log(`measuring ${name} …`);
  figures.push(...((await measures[name]?.(made)) ?? []));
}
console.log('');
printTable(figures);
