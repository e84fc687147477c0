/** Whatever stands in opencode's records: never a throw, and what is valid is not lost. */
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import type { JsonObject } from '../json.js';
import { buildDatabase, type Rows, rowsOf } from './fixture-database.js';
import { answerRow, partRow, readFrom, sessionRow, usageIn } from './fixture-records.js';
import { opencode } from './index.js';

const seed = randomSeed();
const settings = { seed, numRuns: 100 };
const patienceMs = 60_000;

/** Values as JSON text. The last one can be parsed, and is too deep to be written again. */
const hostile = fc.oneof(
  fc.json(),
  fc.constantFrom(
    'null',
    '""',
    '"\\u0000"',
    '"12"',
    '"-3"',
    '-1',
    '1e300',
    '9007199254740993',
    '0.5',
    'true',
    '[]',
    '{}',
  ),
  fc.constantFrom('"__proto__"', '{"a":[]}', '[[]]', '"NaN"', `${'['.repeat(20_000)}${']'.repeat(20_000)}`),
);

/** Puts hostile values in place of some of a record's, at any depth. */
const spoiled = (record: JsonObject) =>
  fc.array(fc.tuple(fc.nat(), hostile), { maxLength: 4 }).map((changes) => {
    const copy = structuredClone(record) as Record<string, unknown>;
    for (const [pick, value] of changes) spoil(copy, pick, value);
    return copy;
  });

function spoil(record: Record<string, unknown>, pick: number, value: string): void {
  const places = placesIn(record);
  const [holder, key] = places[pick % places.length] ?? [{}, 'nothing'];
  holder[key] = JSON.parse(value);
}

type PlaceInRecord = [Record<string, unknown>, string];

function placesIn(value: unknown, depth = 0): PlaceInRecord[] {
  if (typeof value !== 'object' || value === null || depth > 5) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key): PlaceInRecord[] => [[holder, key], ...placesIn(holder[key], depth + 1)]);
}

const dataIn = (rows: Rows, table: string) => (rows[table] ?? []).map((row) => row['data'] as JsonObject);
const known = rowsOf('1.18.33/subagent');

/** What was found must be fit to be stored: known kinds, plain JSON, figures that are counts. */
function expectStorable(drafts: RowDraft[]): void {
  for (const draft of drafts) {
    expect(() => JSON.stringify(draft)).not.toThrow();
    expect(typeof draft.key).toBe('string');
    expect(draft.at === null || Number.isInteger(draft.at)).toBe(true);
  }
  for (const usage of usageIn(drafts)) {
    const figures = [usage.inputTokens, usage.outputTokens, usage.cacheReadTokens, usage.reasoningTokens];
    expect(figures.every((figure) => figure === null || (Number.isInteger(figure) && figure >= 0))).toBe(true);
  }
}

test(
  `a database of spoiled records is read to its end (seed ${seed})`,
  () => {
    const messages = fc.array(fc.oneof(...dataIn(known, 'message').map(spoiled)), { maxLength: 6 });
    const parts = fc.array(fc.oneof(...dataIn(known, 'part').map(spoiled)), { maxLength: 12 });
    fc.assert(
      fc.property(messages, parts, (messageData, partData) => {
        const text = (data: JsonObject) =>
          JSON.stringify(data, (_key, value: unknown) => (isDeep(value) ? 'deep' : value));
        const database = buildDatabase({
          session: [sessionRow('ses_a'), sessionRow('ses_b')],
          message: [
            ...messageData.map((data, index) => ({ ...answerRow(`msg_${index}`, 'ses_a', index), data: text(data) })),
            answerRow('msg_whole', 'ses_b', 5),
          ],
          part: partData.map((data, index) => ({
            ...partRow(`prt_${index}`, `msg_${index % 3}`, {}),
            data: text(data),
          })),
        });
        const { drafts } = readFrom(database);
        database.close();
        expectStorable(drafts);
        expect(usageIn(drafts).map((usage) => usage.attemptId)).toContain('msg_whole');
      }),
      settings,
    );
  },
  patienceMs,
);

const isDeep = (value: unknown) => Array.isArray(value) && Array.isArray(value[0]) && Array.isArray(value[0][0]);

test(
  `text that is not JSON in a row costs only that row (seed ${seed})`,
  () => {
    const broken = fc.oneof(
      fc.string(),
      fc.string().map((text) => `{"role":"assistant",${text}`),
      fc.constant('['.repeat(20_000)),
    );
    fc.assert(
      fc.property(fc.array(broken, { minLength: 1, maxLength: 5 }), (texts) => {
        const messages = texts.map((data, index) => ({ ...answerRow(`msg_${index}`, 'ses_a', index), data }));
        const database = buildDatabase({
          session: [sessionRow('ses_a'), sessionRow('ses_b')],
          message: [...messages, answerRow('msg_whole', 'ses_b', 5)],
        });
        const { drafts, problems } = readFrom(database);
        database.close();
        expectStorable(drafts);
        expect(usageIn(drafts).map((usage) => usage.attemptId)).toContain('msg_whole');
        expect(problems.length).toBeGreaterThanOrEqual(1);
      }),
      settings,
    );
  },
  patienceMs,
);

test(
  `a file of a spoiled record is read alone (seed ${seed})`,
  () => {
    const records = [...dataIn(known, 'message'), ...dataIn(known, 'part')];
    const paths = fc.constantFrom(
      'storage/message/ses_a/msg_a.json',
      'storage/part/msg_a/prt_a.json',
      'storage/session/p/ses_a.json',
      'upload.json',
    );
    const neighbours = fc.option(fc.oneof(...records.map(spoiled)));
    fc.assert(
      fc.property(
        fc.oneof(...records.map(spoiled)),
        paths,
        neighbours,
        fc.array(fc.string()),
        (record, path, other, names) => {
          const drafts: RowDraft[] = [];
          const sink = { row: (draft: RowDraft) => void drafts.push(draft), problem: () => undefined };
          const siblings = { readJson: () => other, list: () => names };
          const document = { id: 'prt_a', sessionID: 'ses_a', messageID: 'msg_a', ...record };
          opencode.document?.read({ root: '/r', path }, document, siblings, sink);
          expectStorable(drafts);
        },
      ),
      settings,
    );
  },
  patienceMs,
);
