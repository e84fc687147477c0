/** Real logs of every agent, imported into a real archive: every figure as it was served. */
import { rmSync } from 'node:fs';
import type { Store } from '@taffrail/store';
import { type TokenField, tokenFields } from '@taffrail/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Archive, contentOf, descriptionsOf, emptyArchive, headsOf } from './archive-of.js';
import { type Fixture, fixtures, layOut } from './fixture-homes.js';

// Laying out and importing every agent's fixtures.
const patienceMs = 60_000;
let archive: Archive;
beforeEach(() => {
  archive = emptyArchive();
});
afterEach(() => archive.remove());

type Figures = Record<string, number | null>;

interface Fact extends Record<TokenField, number | null> {
  sessionId: string;
}

async function countedIn(store: Store): Promise<Fact[]> {
  const rows = await store.queries
    .selectFrom('usage_facts')
    .innerJoin('sessions', 'sessions.num', 'usage_facts.num')
    .selectAll('usage_facts')
    .select('sessions.id as session_id')
    .where('counted', '=', 1)
    .execute();
  return rows.map((row) => ({
    sessionId: row.session_id,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cacheReadTokens: row.cache_read_tokens,
    cacheWriteTokens: row.cache_write_tokens,
    cacheWrite1hTokens: row.cache_write_1h_tokens,
    reasoningTokens: row.reasoning_tokens,
  }));
}

function sumOf(facts: readonly Fact[]): Figures {
  const sum = (field: TokenField) => {
    const known = facts.flatMap((fact) => fact[field] ?? []);
    return known.length === 0 ? null : known.reduce((total, figure) => total + figure, 0);
  };
  return { requests: facts.length, ...Object.fromEntries(tokenFields.map((field) => [field, sum(field)])) };
}

/** The session at the head of a family of sub-agents. */
async function rootOf(store: Store): Promise<(id: string) => string> {
  const sessions = await store.queries.selectFrom('sessions').select(['id', 'parent_id']).execute();
  const parents = new Map(sessions.map((session) => [session.id, session.parent_id]));
  const rootFor = (id: string): string => {
    const parent = parents.get(id);
    return parent ? rootFor(parent) : id;
  };
  return rootFor;
}

async function expectTruth(store: Store, { truth }: Fixture): Promise<void> {
  const facts = await countedIn(store);
  const root = await rootOf(store);
  expect(sumOf(facts)).toMatchObject(truth.all);
  const roots = Object.keys(truth.roots).map((id) => [id, sumOf(facts.filter((fact) => root(fact.sessionId) === id))]);
  expect(Object.fromEntries(roots)).toMatchObject(truth.roots);
}

describe('F1: real logs', () => {
  it('are there of every agent', () => {
    const agents = [...new Set(fixtures.map((fixture) => fixture.agent))];
    expect(agents).toEqual(['claude', 'codex', 'copilot', 'gemini', 'opencode', 'pi', 'qwen']);
  });

  it.each(fixtures)('$name: every figure as it was served, and nothing new when imported again', async (fixture) => {
    layOut(fixture, archive.home);
    const report = await archive.import();
    expect(report.problems).toEqual([]);
    await expectTruth(archive.store, fixture);
    const heads = await headsOf(archive.store);
    expect(await archive.import()).toMatchObject({ files: 0, bytes: 0, sessions: 0, requests: 0 });
    expect(await headsOf(archive.store)).toEqual(heads);
  });

  it(
    'of all agents together add up to the sum of all',
    async () => {
      for (const fixture of fixtures) layOut(fixture, archive.home);
      await archive.import();
      const facts = await countedIn(archive.store);
      const outputs = fixtures.map(({ truth }) => truth.all['outputTokens'] ?? 0);
      expect(sumOf(facts)['outputTokens']).toBe(outputs.reduce((sum, output) => sum + output, 0));
      const root = await rootOf(archive.store);
      for (const { truth } of fixtures) {
        const roots = Object.keys(truth.roots).map((id) => [
          id,
          sumOf(facts.filter((fact) => root(fact.sessionId) === id)),
        ]);
        expect(Object.fromEntries(roots)).toMatchObject(truth.roots);
      }
    },
    patienceMs,
  );

  it(
    'of which each session names a request once',
    async () => {
      for (const fixture of fixtures) layOut(fixture, archive.home);
      await archive.import();
      const facts = await archive.store.queries.selectFrom('usage_facts').select(['num', 'key']).execute();
      expect(new Set(facts.map((fact) => `${fact.num} ${fact.key}`)).size).toBe(facts.length);
    },
    patienceMs,
  );

  it(
    'stay in the archive, marked, when their files are gone',
    async () => {
      for (const fixture of fixtures) layOut(fixture, archive.home);
      await archive.import();
      const [content, descriptions] = [await contentOf(archive.store), await descriptionsOf(archive.store)];
      rmSync(archive.home, { recursive: true });
      expect(await archive.import()).toMatchObject({ files: 0, sessions: 0, problems: [] });
      expect(await contentOf(archive.store)).toEqual(content);
      expect(await descriptionsOf(archive.store)).toEqual(descriptions);
      const states = await archive.store.queries.selectFrom('sessions').select('source_state').distinct().execute();
      expect(states).toEqual([{ source_state: 'deleted' }]);
    },
    patienceMs,
  );
});
