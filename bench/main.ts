/**
 * `npm run bench [-- --size MB]`: makes a corpus, imports it and asks questions, and prints every figure beside its
 * target. Figures are ratios within one run where they can be; a machine that is busy disturbs both sides alike.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { corpus } from './corpus/generate.js';
import { importFigures } from './figures/import-figures.js';
import { commandFigures, serverFigures } from './figures/question-figures.js';
import { type Figure, workFolder } from './measure.js';

const at = process.argv.indexOf('--size');
const sizeMb = at === -1 ? 1000 : Number(process.argv[at + 1]);
if (!(sizeMb > 0)) throw new Error('--size takes a number of megabytes');

const dataDir = join(workFolder, `data-${sizeMb}`);
mkdirSync(dataDir, { recursive: true });
process.stdout.write(`corpus of ${sizeMb} MB …\n`);
const made = corpus(workFolder, { seed: 1, sizeMb });
print(await importFigures(made, join(dataDir, 'taffrail.db')));
print(await commandFigures(dataDir, made.home));
print(await serverFigures(dataDir, made.home));

function print(figures: readonly Figure[]): void {
  for (const { name, measured, target, held } of figures)
    process.stdout.write(`${held ? 'held  ' : 'missed'}  ${measured.padStart(9)}  (${target})  ${name}\n`);
}
