/** The corpus is the yardstick of all measures: the archive must count in it exactly what is there, and it must stay the same. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runImport } from '@taffrail/server';
import { gather, openSqlite, type Store } from '@taffrail/store';
import { type TokenField, tokenFields } from '@taffrail/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Corpus, corpus } from './generate.js';
import type { TokenSums } from './truth.js';

const seed = 20_261_120;
const folder = mkdtempSync(join(tmpdir(), 'taffrail-corpus-'));
let made: Corpus;
let store: Store;

beforeAll(async () => {
  made = corpus(folder, { seed, sizeMb: 2 });
  store = openSqlite({ path: join(folder, 'archive.db'), now: Date.now });
  await runImport({ store, surroundings: { home: made.home, env: {} }, agents: [], index: 'later', now: Date.now });
}, 60_000);

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** How the archive's columns name the figures of the truth, and how often each was reported. */
const columns = {
  inputTokens: ['input_tokens', 'input_reported'],
  outputTokens: ['output_tokens', 'output_reported'],
  cacheReadTokens: ['cache_read_tokens', 'cache_read_reported'],
  cacheWriteTokens: ['cache_write_tokens', 'cache_write_reported'],
  cacheWrite1hTokens: ['cache_write_1h_tokens', 'cache_write_1h_reported'],
  reasoningTokens: ['reasoning_tokens', 'reasoning_reported'],
} as const satisfies Record<TokenField, readonly [string, string]>;

type Bucket = Awaited<ReturnType<typeof gather>>['usage'][number];

function sums(buckets: readonly Bucket[]): TokenSums {
  const each = <Value>(value: (field: TokenField) => Value) =>
    Object.fromEntries(tokenFields.map((field) => [field, value(field)])) as Record<TokenField, Value>;
  const total = (column: (typeof columns)[TokenField][number]) =>
    buckets.reduce((sum, bucket) => sum + bucket[column], 0);
  const reported = each((field) => total(columns[field][1]));
  const tokens = each((field) => (reported[field] === 0 ? null : total(columns[field][0])));
  return { requests: buckets.reduce((sum, bucket) => sum + bucket.requests, 0), ...tokens, reported };
}

/** What the archive holds, in groups that `nameOf` names. */
async function imported(nameOf: (bucket: Bucket) => string): Promise<Record<string, TokenSums>> {
  const groups = new Map<string, Bucket[]>();
  for (const bucket of (await gather(store.queries, {})).usage) {
    groups.set(nameOf(bucket), [...(groups.get(nameOf(bucket)) ?? []), bucket]);
  }
  return Object.fromEntries([...groups].map(([name, buckets]) => [name, sums(buckets)]));
}

const dayOf = ({ bucket }: Bucket): string => new Date(bucket * 15 * 60_000).toISOString().slice(0, 10);

function digest(home: string): string {
  const hash = createHash('sha256');
  for (const path of readdirSync(home, { recursive: true, encoding: 'utf8' }).sort()) {
    if (path.endsWith('.jsonl')) hash.update(path).update(readFileSync(join(home, path)));
  }
  return hash.digest('hex');
}

describe('the corpus and the archive agree', () => {
  test('F-beyond: every request of every kind of session is counted once, to the token', async () => {
    expect(await imported((bucket) => bucket.agent)).toEqual(made.truth.agents);
  });

  test('F-beyond: on the day it was made', async () => {
    const days = Object.entries(made.truth.days).flatMap(([agent, perDay]) =>
      Object.entries(perDay).map(([day, of]) => [`${agent} ${day}`, of]),
    );
    expect(await imported((bucket) => `${bucket.agent} ${dayOf(bucket)}`)).toEqual(Object.fromEntries(days));
  });

  test('the same seed writes the same bytes', () => {
    const again = corpus(join(folder, 'again'), { seed, sizeMb: 2 });
    expect(digest(again.home)).toBe(digest(made.home));
    expect(again.truth).toEqual(made.truth);
  }, 60_000);
});
