/** Driving a reader: problems have their line, and one bad record harms no other. */
import { describe, expect, test } from 'vitest';
import type { LineInfo, LinesReader, RowDraft } from '../contract.js';
import type { JsonObject } from '../json.js';
import { readLine } from './read-lines.js';
import type { RawLine } from './split-lines.js';

interface Seen {
  uuids: unknown[];
}

/** Notes what it is given; stumbles over records that ask for it. */
const reader: LinesReader<Seen> = {
  start: () => ({ uuids: [] }),
  read(state, record, line, out) {
    state.uuids.push(record['uuid']);
    if (record['stumble']) throw new Error('stumbled');
    if (record['usage']) out.row(usageRow(record['usage']));
    else out.row({ sessionId: 's', key: line.hash(), at: null, kind: 'turn.started', data: {} });
  },
};

function usageRow(raw: unknown): RowDraft {
  const figures = { inputTokens: 1, outputTokens: 1, cacheReadTokens: null, cacheWriteTokens: null };
  const rest = { cacheWrite1hTokens: null, reasoningTokens: null, model: null, provider: null, final: true };
  const data = { attemptId: 'a', ...figures, ...rest, raw };
  return {
    sessionId: 's',
    key: 'usage:a',
    at: null,
    kind: 'usage.recorded',
    data,
    identity: { key: 'k', claim: 'own' },
  };
}

const rawLine = (bytes: Buffer | null, number = 7): RawLine => ({ number, start: 0, end: bytes?.length ?? 999, bytes });

function read(...lines: (string | null)[]) {
  const state = reader.start({ root: '/r', path: 'a.jsonl' });
  const rows: RowDraft[] = [];
  const problems: [string, string, number][] = [];
  const whole = lines.map((line, index) =>
    readLine(reader as LinesReader<unknown>, state, rawLine(line === null ? null : Buffer.from(line), index + 1), {
      row: (draft) => void rows.push(draft),
      problem: (kind, message, number) => void problems.push([kind, message, number]),
    }),
  );
  return { uuids: state.uuids, rows, problems, whole };
}

const line = (uuid: string, over: JsonObject = {}) => JSON.stringify({ uuid, ...over });

describe('F1: reading line by line', () => {
  test('a whole line is one record; a blank one is none, and nothing is wrong with it', () => {
    expect(read(line('a'), '', line('b'))).toMatchObject({
      uuids: ['a', 'b'],
      problems: [],
      whole: [true, true, true],
    });
  });

  test('a broken line says so with its number, and gives what could be saved', () => {
    const found = read(line('a'), line('b') + line('c'), '{"torn":');
    expect(found.uuids).toEqual(['a', 'b', 'c']);
    expect(found.problems).toEqual([
      ['not_json', 'not JSON', 2],
      ['not_json', 'not JSON', 3],
    ]);
    expect(found.whole).toEqual([true, false, false]);
  });

  test('a line that was too long to keep says how long it was', () => {
    expect(read(null, line('b'))).toMatchObject({
      uuids: ['b'],
      problems: [['too_long', 'a line of 999 bytes is over the limit', 1]],
      whole: [false, true],
    });
  });

  test('a record that the reader stumbles over costs only itself', () => {
    const found = read(line('a', { stumble: true }), line('b', { stumble: true }) + line('c'));
    expect(found.uuids).toEqual(['a', 'b', 'c']);
    expect(found.problems.filter(([kind]) => kind === 'wrong_shape')).toEqual([
      ['wrong_shape', 'stumbled', 1],
      ['wrong_shape', 'stumbled', 2],
    ]);
    expect(found.rows).toHaveLength(1);
  });
});

describe('F-beyond: the identity of a record that has none of its own', () => {
  const keys = (...lines: string[]) => read(...lines).rows.map((row) => row.key);

  test('is its text: the same line again is the same record, wherever it stands', () => {
    const [first, second, third] = keys(line('a'), line('b'), line('a'));
    expect(first).toBe(third);
    expect(first).not.toBe(second);
  });

  test('is the same whether it stands alone or is glued to another', () => {
    expect(keys(line('a') + line('b'))).toEqual(keys(line('a'), line('b')));
  });
});

describe('F1: what is found can be stored', () => {
  const rawsOf = (usage: string) =>
    read(`{"uuid":"a","usage":${usage}}`).rows.map((row) => ('raw' in row.data ? row.data.raw : null));

  test('the provider’s own record is kept', () => {
    expect(rawsOf('{"input_tokens":1}')).toEqual([{ input_tokens: 1 }]);
  });

  test.each([
    ['too deep', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['a list too deep', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['too long', `{"a":"${'x'.repeat(50_000)}"}`],
  ])('one that is %s is left out; its figures stand', (_why, usage) => {
    const { rows } = read(`{"uuid":"a","usage":${usage}}`);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.data).not.toHaveProperty('raw');
    expect(rows[0]?.data).toMatchObject({ inputTokens: 1 });
  });

  test('a hash is computed only when it is asked for', () => {
    const infos: LineInfo[] = [];
    const lazy: LinesReader<null> = { start: () => null, read: (_state, _record, info) => void infos.push(info) };
    const sink = { row: () => undefined, problem: () => undefined };
    readLine(lazy as LinesReader<unknown>, null, rawLine(Buffer.from(line('a'))), sink);
    expect(infos.map((info) => [info.number, info.hash().length])).toEqual([[7, 16]]);
  });
});
