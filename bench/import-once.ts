/**
 * One import with its text index, as a program to be measured: into a new archive, or again into one that stands. Run as
 * `importOnce HOME DATABASE`; prints what it used as JSON.
 */
import { statSync } from 'node:fs';
import { runImport } from '@taffrail/server';
import { gather, openSqlite } from '@taffrail/store';
import type { ImportedOnce, Used } from './use.js';

function used(): Used {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return { cpuMs: (userCPUTime + systemCPUTime) / 1000, wallMs: performance.now() };
}

const [home, path] = process.argv.slice(2);
if (!home || !path) throw new Error('usage: importOnce HOME DATABASE');
const store = openSqlite({ path, now: Date.now });
const report = await runImport({ store, surroundings: { home, env: {} }, agents: [], index: 'later', now: Date.now });
const answerable = used();
while ((await store.indexNext()) > 0);
const whole = used();
// After the measure: what the archive now says, to be held against the truth.
const { usage } = await gather(store.queries, {});
const { rows } = await store.queries
  .selectFrom('rows')
  .select((of) => of.fn.countAll<number>().as('rows'))
  .executeTakeFirstOrThrow();
const sum = (figure: (bucket: (typeof usage)[number]) => number) =>
  usage.reduce((total, each) => total + figure(each), 0);
await store.close();
const imported: ImportedOnce = {
  ...whole,
  answerable,
  rows,
  files: report.files,
  requests: sum((bucket) => bucket.requests),
  tokens: sum((bucket) => bucket.input_tokens + bucket.output_tokens),
  peakBytes: process.resourceUsage().maxRSS * 1024,
  databaseBytes: statSync(path).size,
};
console.log(JSON.stringify(imported));
