/** Writes a corpus: a home folder full of Claude Code's and Codex's logs, and beside it what they truly hold. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claudeKinds, type SessionPlan } from './claude-traps.js';
import { codexKinds } from './codex-traps.js';
import type { Truth } from './truth.js';
import { Workshop } from './workshop.js';

export interface Corpus {
  /** The folder to use as home. */
  home: string;
  truth: Truth;
}

export interface CorpusSize {
  seed: number;
  sizeMb: number;
}

// Raised when the same seed would give other bytes: corpora of before are then not taken for today's.
const version = 2;
const firstDay = Date.UTC(2026, 5, 1, 8);
const days = 150;
const claudeShare = 0.58;
const everyKind = [...claudeKinds, ...codexKinds];

/** The corpus for this seed and size below `folder`, made if it is not there yet. */
export function corpus(folder: string, { seed, sizeMb }: CorpusSize): Corpus {
  const place = join(folder, `corpus-v${version}-${seed}-${sizeMb}mb`);
  if (!existsSync(join(place, 'truth.json'))) {
    const making = `${place}.making-${process.pid}`;
    rmSync(making, { recursive: true, force: true });
    generate(making, { seed, sizeMb });
    rmSync(place, { recursive: true, force: true });
    renameSync(making, place);
  }
  return { home: join(place, 'home'), truth: JSON.parse(readFileSync(join(place, 'truth.json'), 'utf8')) as Truth };
}

function generate(place: string, { seed, sizeMb }: CorpusSize): void {
  mkdirSync(place, { recursive: true });
  const workshop = new Workshop(join(place, 'home'), seed);
  const bytes = sizeMb * 1e6;
  // A large corpus has a thousand files; a small one still has every kind of session.
  const sessionBytes = Math.min(900_000, bytes / 100);
  for (let index = 0; index < everyKind.length || workshop.written.bytes < bytes; index += 1) {
    writeSession(workshop, index, sessionBytes, Math.min(1, workshop.written.bytes / bytes));
  }
  const { agents, days: perDay } = workshop.ledger;
  const truth: Truth = { seed, sizeMb, ...workshop.written, agents, days: perDay };
  writeFileSync(join(place, 'truth.json'), `${JSON.stringify(truth, null, 2)}\n`);
}

function writeSession(workshop: Workshop, index: number, medianBytes: number, progress: number): void {
  const { random } = workshop;
  const at = firstDay + Math.floor((progress * days + random.next()) * 86_400_000);
  const plan: SessionPlan = { at, bytes: random.skewed(medianBytes * 0.7, 0.8, medianBytes * 8) };
  const write = everyKind[index]?.write ?? chosen(random.next(), random.chance(claudeShare) ? claudeKinds : codexKinds);
  write(workshop, plan);
}

/** The kind at `place` (0 to 1) of the weights laid end to end. */
function chosen(place: number, kinds: typeof claudeKinds): (typeof claudeKinds)[number]['write'] {
  let left = place * kinds.reduce((sum, kind) => sum + kind.weight, 0);
  for (const kind of kinds) {
    left -= kind.weight;
    if (left < 0) return kind.write;
  }
  throw new Error('there are no kinds of sessions');
}
