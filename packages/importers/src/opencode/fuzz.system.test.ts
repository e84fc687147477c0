/** Whatever stands in opencode's records: never a throw, and what is valid is not lost. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowDraft } from '../contract.js';
import { expectStorable, patienceMs, seed, settings, spoiled } from '../hostile-log.js';
import type { JsonObject } from '../json.js';
import { buildDatabase, type Rows, rowsOf } from './fixture-database.js';
import { answerRow, partRow, readFrom, sessionRow, usageIn } from './fixture-records.js';
import { opencode } from './index.js';

const dataIn = (rows: Rows, table: string) => (rows[table] ?? []).map((row) => row['data'] as JsonObject);
const known = rowsOf('1.18.33/subagent');
const anyOf = (records: readonly JsonObject[]) => fc.oneof(...records.map((record) => spoiled(JSON.stringify(record))));
const parsed = (bytes: Buffer) => JSON.parse(bytes.toString()) as JsonObject;

test(
  `a database of spoiled records is read to its end (seed ${seed})`,
  () => {
    const messages = fc.array(anyOf(dataIn(known, 'message')), { maxLength: 6 });
    const parts = fc.array(anyOf(dataIn(known, 'part')), { maxLength: 12 });
    fc.assert(
      fc.property(messages, parts, (messageData, partData) => {
        const database = buildDatabase({
          session: [sessionRow('ses_a'), sessionRow('ses_b')],
          message: [
            ...messageData.map((data, index) => ({
              ...answerRow(`msg_${index}`, 'ses_a', index),
              data: data.toString(),
            })),
            answerRow('msg_whole', 'ses_b', 5),
          ],
          part: partData.map((data, index) => ({
            ...partRow(`prt_${index}`, `msg_${index % 3}`, {}),
            data: data.toString(),
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
    const neighbours = fc.option(anyOf(records));
    fc.assert(
      fc.property(anyOf(records), paths, neighbours, fc.array(fc.string()), (record, path, other, names) => {
        const drafts: RowDraft[] = [];
        const sink = { row: (draft: RowDraft) => void drafts.push(draft), problem: () => undefined };
        const siblings = { readJson: () => (other === null ? null : parsed(other)), list: () => names };
        const document = { id: 'prt_a', sessionID: 'ses_a', messageID: 'msg_a', ...parsed(record) };
        opencode.document?.read({ root: '/r', path }, document, siblings, sink);
        expectStorable(drafts);
      }),
      settings,
    );
  },
  patienceMs,
);
