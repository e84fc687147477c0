/** What was done when: the spans of turns that run here. */
import { type SpanNode, spanForest } from '@taffrail/session';
import { priceTable, Traces } from '@taffrail/store';
import type { Row } from '@taffrail/wire';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bench, calls, says, shell } from './runner-for-tests.js';
import { gives } from './sub-agents-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

type RowOf<Kind extends Row['kind']> = Extract<Row, { kind: Kind }>;

async function spansOf(sessionId: string) {
  const rows = await bench.rows(sessionId);
  const ends = new Map(rows.flatMap((row) => (row.kind === 'span.finished' ? [[row.data.spanId, row] as const] : [])));
  return rows
    .filter((row): row is RowOf<'span.started'> => row.kind === 'span.started')
    .map((start) => ({ start, end: ends.get(start.data.spanId) }));
}

it('D1: every call is timed from its start to its end, with its name, its sizes, its status and its turn', async () => {
  const { sessionId, turnId, state } = await bench.done('anthropic', [
    shell('echo four'),
    shell('echo no >&2; exit 3'),
    says('Done.'),
  ]);
  const tools = (await spansOf(sessionId)).filter(({ start }) => start.data.kind === 'tool');
  expect(tools.map(({ start, end }) => [start.data.name, start.turnId, start.step, end?.data.status])).toEqual([
    ['run_command', turnId, 0, 'ok'],
    ['run_command', turnId, 1, 'error'],
  ]);
  const [first] = tools;
  const bytesOf = (id: string) =>
    Buffer.byteLength(state.items.get(`${id}:${first?.start.data.callId}`)?.item.text ?? '');
  expect(first?.end?.data).toMatchObject({ inputBytes: bytesOf('call'), outputBytes: bytesOf('result') });
  expect(bytesOf('result')).toBeGreaterThan('four'.length);
  for (const { start, end } of tools) expect(Date.parse(end?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(start.at));
});

it('D1: a call that was refused has no time of its own, and its result says why', async () => {
  const { sessionId, state } = await bench.done('anthropic', [calls('no_such_tool', {}), says('Done.')]);
  expect((await spansOf(sessionId)).filter(({ start }) => start.data.kind === 'tool')).toEqual([]);
  expect([...state.items.values()].map(({ item }) => item)).toContainEqual(
    expect.objectContaining({ type: 'tool_result', status: 'error', text: expect.stringContaining('no tool called') }),
  );
});

it('D-beyond: requests are spans with their key and the time to their first content; discarded ones are told as such', async () => {
  const { sessionId } = await bench.done('fallback', [{ fail: { status: 429 } }, says('Here.')]);
  const models = (await spansOf(sessionId)).filter(({ start }) => start.data.kind === 'model');
  expect(models.map(({ start, end }) => [start.data.keyId, end?.data.status])).toEqual([
    ['anthropic', 'error'],
    ['spare', 'ok'],
  ]);
  expect(models[0]?.end?.data).not.toHaveProperty('firstContentMs');
  expect(models[1]?.end?.data.firstContentMs).toBeGreaterThanOrEqual(0);
});

it('D-beyond: a turn with a sub-agent is one waterfall: its calls below the call that started it, its tokens its own', async () => {
  const task = `${v7()}: look`;
  bench.models.script(task, [shell('echo found'), says('Found.', { usage: { inputTokens: 70, outputTokens: 7 } })]);
  const { sessionId } = await bench.done('anthropic', [
    gives({ task, title: 'Look' }),
    says('Done.', { usage: { inputTokens: 50, outputTokens: 5 } }),
  ]);
  const { spans, sessions } = await new Traces(bench.store.queries, priceTable()).whole(sessionId);
  expect(sessions.map(({ title, parentId }) => [title, parentId]).at(-1)).toEqual(['Look', sessionId]);
  const outline = ({ span: { kind, name, status }, children }: SpanNode): unknown[] => [
    kind,
    name,
    status,
    ...children.map(outline),
  ];
  const model = ['model', 'model-of-anthropic', 'ok'];
  expect(spanForest(spans, sessionId).map(outline)).toEqual([
    ['turn', 'turn', 'ok', model, ['agent', 'agent', 'ok', model, ['tool', 'run_command', 'ok'], model], model],
  ]);
  expect(spans.flatMap(({ usage }) => usage?.inputTokens ?? [])).toEqual(expect.arrayContaining([70, 50]));
  for (const { durationMs, inferred } of spans) expect([durationMs === null, inferred]).toEqual([false, false]);
});

it('D2: a turn’s page with the tree has the sub-agents of that turn, not those of another', async () => {
  const task = `${v7()}: look`;
  bench.models.script(task, [says('Found.')]);
  const first = await bench.done('anthropic', [gives({ task, title: 'Look' }), says('Done.')]);
  const turnId = await bench.ask(first.sessionId, 'Go on.');
  await bench.ended(first.sessionId, turnId);
  const traces = new Traces(bench.store.queries, priceTable());
  const sessionsOf = async (turn: string) => {
    const page = await traces.page({ sessionId: first.sessionId, turnId: turn, tree: true, limit: 100 });
    return [...new Set(page?.spans.map((span) => span.sessionId))].length;
  };
  expect([await sessionsOf(first.turnId), await sessionsOf(turnId)]).toEqual([2, 1]);
});
