/** What it costs to keep up: one record among a thousand files, and ten thousand files in which nothing changed. */
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { crowd } from '../corpus/crowd.js';
import { cache, pathOf, run } from '../programs.js';
import type { Figure } from '../table.js';
import { canTrace, type Touched, touched } from '../traced.js';

const grownFiles = 1_000;
const restingFiles = 10_000;
const slackBytes = 64 * 1024;

export async function measureAppend(): Promise<Figure[]> {
  if (!canTrace()) {
    return [{ name: 'append: needs strace, which is not here', measured: '–', target: '', holds: null }];
  }
  const { record, grown } = await appendOne();
  const resting = await readAgain(crowd(cache, restingFiles), () => {});
  return [
    {
      name: `append: bytes read for a record of ${record} among ${grownFiles} files`,
      measured: `${grown.bytesRead}`,
      target: `≤ ${record + slackBytes}`,
      holds: grown.bytesRead <= record + slackBytes,
    },
    { name: 'append: files opened', measured: `${grown.filesOpened}`, target: '1', holds: grown.filesOpened === 1 },
    {
      name: `append: files opened of ${restingFiles} unchanged`,
      measured: `${resting.filesOpened}`,
      target: '0',
      holds: resting.filesOpened === 0,
    },
  ];
}

async function appendOne(): Promise<{ record: number; grown: Touched }> {
  const home = crowd(cache, grownFiles);
  const path = logsBelow(home)[Math.floor(grownFiles / 2)] ?? '';
  const before = statSync(path).size;
  const record = recordFor(basename(path, '.jsonl'));
  try {
    return { record: record.length, grown: await readAgain(home, () => appendFileSync(path, record)) };
  } finally {
    truncateSync(path, before);
  }
}

/** Imports `home`, lets `change` happen to it, and traces the next import. */
async function readAgain(home: string, change: () => void): Promise<Touched> {
  const folder = mkdtempSync(join(tmpdir(), 'taffrail-append-'));
  try {
    const database = join(folder, 'taffrail.db');
    await run('importOnce', home, database);
    change();
    return await touched(home, [pathOf('importOnce'), home, database]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function logsBelow(home: string): string[] {
  const paths = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.jsonl'));
  return paths.sort().map((path) => join(home, path));
}

function recordFor(sessionId: string): string {
  const usage = { input_tokens: 12, cache_creation_input_tokens: 0, cache_read_input_tokens: 40_000, output_tokens: 7 };
  const content = [{ type: 'text', text: 'One more thing. '.repeat(40) }];
  const message = {
    id: 'msg_appended',
    model: 'claude-haiku-4-5',
    role: 'assistant',
    content,
    stop_reason: 'end_turn',
    usage,
  };
  const line = { type: 'assistant', sessionId, uuid: 'appended', timestamp: '2026-11-01T00:00:00.000Z', message };
  return `${JSON.stringify(line)}\n`;
}
