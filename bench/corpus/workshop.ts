/** What every writer of sessions works with. */
import { join } from 'node:path';
import type { TokenCounts } from '@taffrail/wire';
import { LogFile, type Written } from './log-file.js';
import { Random } from './random.js';
import { TruthLedger } from './truth.js';
import { type Style, Wording } from './wording.js';

const projectCount = 12;

export class Workshop {
  readonly random: Random;
  readonly wording: Wording;
  readonly ledger = new TruthLedger();
  readonly written: Written = { files: 0, lines: 0, bytes: 0 };
  readonly home: string;
  readonly #projects: readonly string[];

  constructor(home: string, seed: number) {
    this.home = home;
    this.random = new Random(seed);
    this.wording = new Wording(this.random);
    this.#projects = Array.from(
      { length: projectCount },
      () => `/home/dev/code/${this.wording.word()}-${this.random.hex(2)}`,
    );
  }

  project(): string {
    return this.random.pick(this.#projects);
  }

  file(path: string): LogFile {
    return new LogFile(join(this.home, path), this.written);
  }

  count(agent: string, at: number, tokens: TokenCounts): void {
    this.ledger.count(agent, at, tokens);
  }

  /** Text whose length is spread around `median`. */
  text(style: Style, median: number, sigma: number): string {
    return this.wording.text(style, this.random.skewed(median, sigma, textCharactersMax));
  }

  /** What a tool answered: mostly short, now and then a whole file. */
  toolOutput(): string {
    return this.text(this.random.pick(['output', 'output', 'code', 'prose']), 4_600, 1.38);
  }
}

// The longest line then comes to about 430 KB.
const textCharactersMax = 400_000;
