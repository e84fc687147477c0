/** Progress of long work: a bar with the time left on a terminal, now and then a line elsewhere. */
import type { ImportProgress } from '@taffrail/server';
import { bytesText, counted, duration, exactNumber } from '@taffrail/session';
import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from '../terminal.js';

export interface Progress<State> {
  moved(state: State): void;
  ended(): void;
}

interface Step {
  done: number;
  total: number;
  /** What has been done so far, in words. */
  words: string;
}

export function importProgress(terminal: Terminal): Progress<ImportProgress> {
  const progress = progressOf(terminal, 'Reading logs');
  return {
    ended: progress.ended,
    moved: ({ filesDone, filesTotal, bytesDone, bytesTotal }) =>
      progress.moved({
        done: bytesDone,
        total: bytesTotal,
        words: `${exactNumber(filesDone)} of ${counted(filesTotal, 'file')}, ${bytesText(bytesDone)} of ${bytesText(bytesTotal)}`,
      }),
  };
}

export function indexProgress(terminal: Terminal, total: number): Progress<number> {
  const progress = progressOf(terminal, 'Indexing text');
  return {
    ended: progress.ended,
    moved: (done) => progress.moved({ done, total, words: `${exactNumber(done)} of ${counted(total, 'row')}` }),
  };
}

function progressOf(terminal: Terminal, title: string): Progress<Step> {
  return terminal.showsProgress ? bar(terminal, title) : lines(terminal, title);
}

// Short work needs no bar.
const barAfterMs = 300;
const lineEveryMs = 5_000;

function bar({ now }: Terminal, title: string): Progress<Step> {
  const startedAt = now();
  const drawn = new SingleBar(
    {
      format: `${title} {bar} {percentage}% · {words}{left}`,
      hideCursor: true,
      barsize: 24,
      stopOnComplete: false,
      fps: 10,
    },
    Presets.shades_classic,
  );
  let isDrawn = false;
  return {
    moved: ({ done, total, words }) => {
      const passedMs = now() - startedAt;
      if (passedMs < barAfterMs) return;
      const state = { words, left: timeLeft(passedMs, done, total) };
      if (isDrawn) drawn.update(Math.min(done, total), state);
      else drawn.start(Math.max(1, total), Math.min(done, total), state);
      isDrawn = true;
    },
    ended: () => {
      if (isDrawn) drawn.stop();
    },
  };
}

function timeLeft(passedMs: number, done: number, total: number): string {
  if (done <= 0 || done >= total) return '';
  return ` · ${duration(Math.max(1_000, (passedMs * (total - done)) / done)).replace(/\.\d s$/, ' s')} left`;
}

function lines({ now, err }: Terminal, title: string): Progress<Step> {
  let lastAt = now();
  return {
    moved: ({ words }) => {
      if (now() - lastAt < lineEveryMs) return;
      lastAt = now();
      err(`${title}: ${words}\n`);
    },
    ended: () => {},
  };
}
