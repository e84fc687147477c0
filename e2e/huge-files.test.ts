/** Lines and files of absurd sizes: read in bounded memory, what is too long counted, the rest not lost. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, claudeLines, writeClaudeLog } from '@taffrail/testing';
import type { ImportReport } from '@taffrail/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { taffrail } from './support/program.js';

const megabyte = 1024 * 1024;
const memoryMax = 400 * megabyte;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taffrail-huge-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const answer = (id: string, text = 'short'): Answer => ({ id, text, input: 10, output: 5 });
const linesOf = (...answers: Answer[]): string[] => claudeLines('a', answers);

/** Imports `folder` and says how much memory that took at most. */
async function importMeasured(): Promise<{ report: ImportReport; memory: number }> {
  const [probe, measured] = [join(folder, 'probe.mjs'), join(folder, 'memory')];
  writeFileSync(
    probe,
    `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(measured)}, String(process.resourceUsage().maxRSS)));`,
  );
  const args = ['import', '--json', '--data-dir', join(folder, 'data'), '--home', folder];
  const { code, stdout, stderr } = await taffrail(args, { NODE_OPTIONS: `--import=${probe}` });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return { report: JSON.parse(stdout) as ImportReport, memory: Number(readFileSync(measured, 'utf8')) * 1024 };
}

function appendText(path: string, bytes: number, piece: string): void {
  for (let written = 0; written < bytes; written += piece.length) appendFileSync(path, piece);
}

describe('a line of 300 MB', () => {
  it('is counted with its place and passed over, in bounded memory; its neighbours are read', async () => {
    const lines = linesOf(answer('one'), answer('two'));
    const path = writeClaudeLog(folder, 'a', lines.slice(0, 2));
    appendFileSync(path, '{"type":"user","sessionId":"a","uuid":"long","message":{"role":"user","content":"');
    appendText(path, 300 * megabyte, 'a very long text '.repeat(60_000));
    appendFileSync(path, `"}}\n${lines.slice(2).join('\n')}\n`);
    const { report, memory } = await importMeasured();
    expect(report).toMatchObject({
      requests: 2,
      skippedLines: 1,
      problems: [{ path, line: 3, kind: 'too_long', count: 1 }],
    });
    expect(memory).toBeLessThan(memoryMax);
  });

  it('without an end is left for when it is complete', async () => {
    const path = writeClaudeLog(folder, 'a', linesOf(answer('one')));
    appendText(path, 300 * megabyte, '\u0000'.repeat(megabyte));
    const { report, memory } = await importMeasured();
    expect(report).toMatchObject({ requests: 1, problems: [{ path, line: 3, kind: 'incomplete' }] });
    expect(memory).toBeLessThan(memoryMax);
  });
});

describe('a line as long as a line may be', () => {
  it('is read whole', async () => {
    const path = writeClaudeLog(folder, 'a', linesOf(answer('one')));
    const [prompt = ''] = linesOf(answer('long'));
    const [before = '', after = ''] = prompt.split('Ask for long');
    appendFileSync(path, `${before}halyard `);
    appendText(path, 60 * megabyte, 'a very long text '.repeat(60_000));
    appendFileSync(path, `${after}\n`);
    const { report, memory } = await importMeasured();
    expect(report).toMatchObject({ skippedLines: 0, problems: [] });
    expect(memory).toBeLessThan(memoryMax * 2);
    const { stdout } = await taffrail(['search', 'halyard', '--json', '--data-dir', join(folder, 'data')]);
    expect(JSON.parse(stdout)).toMatchObject({ hits: [{ sessionId: 'a' }] });
  });
});
