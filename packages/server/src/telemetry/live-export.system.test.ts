/** Telemetry of live sessions: a real collector hears each span once, and no session ever waits for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type NewRow, priceTable } from '@taffrail/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Bench, says, secrets, shell } from '../runner/runner-for-tests.js';
import { collectorFrom } from './collector.js';
import { spansIn, TestCollector, throughSchema, told } from './collector-for-tests.js';
import { LiveExport } from './live-export.js';
import type { OtlpSpan } from './otlp.js';
import { otlpDocument, storedSpans } from './stored-spans.js';

let bench: Bench;
let collector: TestCollector;
let live: LiveExport;
const reports: string[] = [];
const prices = priceTable();

function exporter(content = false): LiveExport {
  const env = { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20of-the-collector' };
  const to = collectorFrom(collector.url, env);
  if (!to) throw new Error('there is no collector');
  return new LiveExport({
    store: bench.store,
    prices,
    collector: to,
    content,
    now: Date.now,
    report: (message) => reports.push(message),
  });
}

beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  reports.length = 0;
  collector = await new TestCollector().open();
  live = exporter();
});
afterEach(async () => {
  await live.stop();
  await collector.close();
});

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 15_000; !holds() && Date.now() < deadline; ) await sleep(20);
  expect(holds()).toBe(true);
}

const stored = async (sessionId: string, content = false): Promise<OtlpSpan[]> => {
  const found: OtlpSpan[] = [];
  const archive = { queries: bench.store.queries, prices };
  for await (const spans of storedSpans(archive, sessionId, { content })) found.push(...spans);
  return found;
};
const byId = (spans: readonly OtlpSpan[]) => [...spans].sort((one, other) => one.spanId.localeCompare(other.spanId));
const named = (spans: readonly OtlpSpan[], name: string) => spans.filter((span) => span.name === name);

describe('telemetry of live sessions', () => {
  it('D-beyond: a collector hears every span by its GenAI name, once, as the stored session exports it', async () => {
    const { sessionId } = await bench.done('fallback', [
      shell('echo four'),
      { fail: { status: 429 } },
      { parts: [{ text: 'Done.' }], usage: { inputTokens: 900, outputTokens: 40, cacheReadTokens: 600 } },
    ]);
    live.changed([sessionId]);
    const { agent } = await bench.store.queries
      .selectFrom('sessions')
      .select('agent')
      .where('id', '=', sessionId)
      .executeTakeFirstOrThrow();
    await until(() => named(collector.spans(), `invoke_agent ${agent}`).length === 1);
    live.changed([sessionId]);
    await live.stop();
    const spans = collector.spans();
    expect(byId(spans)).toEqual(byId(await stored(sessionId)));
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const [turn] = named(spans, `invoke_agent ${agent}`);
    expect(turn?.parentSpanId).toBeUndefined();
    const [tool] = named(spans, 'execute_tool run_command');
    expect(tool?.parentSpanId).toBe(turn?.spanId);
    expect(tool && told(tool)).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'run_command',
      'gen_ai.conversation.id': sessionId,
    });
    const [answered] = named(spans, 'chat model-b');
    expect(answered && told(answered)).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.usage.input_tokens': '900',
      'gen_ai.usage.output_tokens': '40',
      'gen_ai.usage.cache_read.input_tokens': '600',
    });
    expect(answered && told(answered)).not.toHaveProperty('gen_ai.usage.reasoning.output_tokens');
    const refused = named(spans, 'chat model-a').find(({ status }) => status.code === 2);
    expect(refused && told(refused)).toMatchObject({
      'error.type': 'rate_limited',
      'http.response.status_code': '429',
    });
    expect(collector.headers[0]?.authorization).toBe('Bearer of-the-collector');
  });

  it('D-beyond: neither what was said and done nor any secret is told, and what was done only where it is asked for', async () => {
    const word = `hush-${secrets.first}`;
    const { sessionId } = await bench.done(
      'anthropic',
      [shell(`echo ${word}`), says('I said nothing.')],
      'a quiet thing',
    );
    live.changed([sessionId]);
    await until(() => collector.bodies.length > 0);
    await live.stop();
    for (const part of ['hush', 'echo', 'quiet', 'I said', ...Object.values(secrets)])
      expect(collector.bodies.join('\n')).not.toContain(part);
    const whole = JSON.stringify(await stored(sessionId, true));
    expect(whole).toContain('echo hush');
    expect(whole).toContain('I said nothing.');
    for (const secret of Object.values(secrets)) expect(whole).not.toContain(secret);
  });

  it('D-beyond: a collector that is away harms no session, and hears what it missed when it is back', async () => {
    await collector.close();
    const { sessionId, state } = await bench.done('anthropic', [says('It goes on.')]);
    expect([...state.turns.values()].map(({ outcome }) => outcome)).toEqual(['complete']);
    live.changed([sessionId]);
    await until(() => reports.length > 0);
    expect(reports).toEqual(['telemetry: the collector cannot be reached; it is tried again']);
    await collector.open();
    await until(() => collector.spans().length === 2);
    expect(byId(collector.spans())).toEqual(byId(await stored(sessionId)));
  });

  it('D-beyond: what a collector refuses is not sent again, and one that is busy is asked later', async () => {
    const first = await bench.done('anthropic', [says('One.')]);
    collector.status = 503;
    live.changed([first.sessionId]);
    await until(() => reports.length === 1);
    collector.status = 400;
    await until(() => reports.length === 2);
    collector.status = 200;
    const second = await bench.done('anthropic', [says('Two.')]);
    live.changed([second.sessionId]);
    await until(() => collector.spans().length > 0);
    await live.stop();
    expect(byId(collector.spans())).toEqual(byId(await stored(second.sessionId)));
    expect(reports[1]).toBe('telemetry: 2 spans were not taken: the collector answered 400');
  });

  it('D-beyond: a collector that is busy and says "at once" is not asked in a circle, and what is left at the end is said', async () => {
    const { sessionId } = await bench.done('anthropic', [says('One.')]);
    collector.status = 503;
    collector.answerHeaders = { 'retry-after': '0' };
    live.changed([sessionId]);
    await until(() => collector.asked > 0);
    await sleep(1_500);
    expect(collector.asked).toBeLessThanOrEqual(3);
    await live.stop();
    expect(reports.at(-1)).toBe('telemetry: 2 spans were not told before the end');
  });

  it('D-beyond: a sub-agent’s spans are part of the trace of the turn that started it, and copies count nowhere twice', async () => {
    const at = Date.now() + 1000;
    const turn = (turnId: string): NewRow => ({
      key: `turn:${turnId}`,
      at,
      turnId,
      kind: 'turn.started',
      data: { runGen: 1 },
    });
    const ended = (turnId: string): NewRow => ({
      key: `end:${turnId}`,
      at,
      turnId,
      kind: 'turn.completed',
      data: { outcome: 'complete' },
    });
    const span = (turnId: string, spanId: string, kind: 'agent' | 'model', some: object = {}): NewRow[] => [
      {
        key: `span:${spanId}`,
        at,
        turnId,
        kind: 'span.started',
        data: { spanId, parentId: turnId, kind, name: `name of ${spanId}`, ...some },
      },
      { key: `span:${spanId}:end`, at, turnId, kind: 'span.finished', data: { spanId, status: 'ok' } },
    ];
    const of = (sessionId: string, rows: NewRow[]) => ({
      sessionId,
      agent: 'taffrail',
      origin: 'live' as const,
      mappingVersion: 0,
      rows,
    });
    const named = { key: 'who', at, kind: 'session.described' as const, data: { parentId: 'boss' } };
    const boss = [
      turn('t1'),
      ended('t1'),
      turn('t2'),
      ...span('t2', 'asks', 'agent', { childSessionId: 'kid' }),
      ended('t2'),
    ];
    const kid = [named, turn('k1'), ...span('k1', 'thinks', 'model'), ended('k1')];
    await bench.store.commit({ appends: [of('boss', boss), of('kid', kid)], index: 'now' });
    live.changed(['kid', 'boss']);
    await until(() => collector.spans().length === 5);
    const spans = collector.spans();
    expect(byId(spans)).toEqual(byId(await stored('boss')));
    const one = (name: string) => spans.find((found) => told(found)['taffrail.turn.id'] === name);
    const [asks] = spans.filter(({ name }) => name === 'invoke_agent name of asks');
    expect(one('k1')).toMatchObject({ traceId: asks?.traceId, parentSpanId: asks?.spanId });
    expect(one('t1')?.traceId).not.toBe(asks?.traceId);
  });

  it('F-beyond: of a request that this log only copied, no figure is told', async () => {
    const { sessionId } = await bench.done('anthropic', [
      { parts: [{ text: 'First.' }], usage: { inputTokens: 11, outputTokens: 7 } },
    ]);
    const fork = await bench.runner.fork(sessionId, {});
    const figures = (spans: readonly OtlpSpan[]) =>
      spans.flatMap((span) => told(span)['gen_ai.usage.input_tokens'] ?? told(span)['taffrail.inherited_from'] ?? []);
    expect(figures(await stored(sessionId))).toEqual(['11']);
    expect(figures(await stored(fork))).toEqual([sessionId]);
  });

  it('D-beyond: the queue has a limit: the oldest are dropped, and that is said', async () => {
    await collector.close();
    const turns = 5000;
    const rows = Array.from({ length: turns }, (_, index): NewRow[] => {
      const place = { at: Date.now() + 60_000, turnId: `t${index}` };
      return [
        { ...place, key: `turn:${index}`, kind: 'turn.started', data: { runGen: 1 } },
        { ...place, key: `end:${index}`, kind: 'turn.completed', data: { outcome: 'complete' } },
      ];
    }).flat();
    const append = { sessionId: 'many', agent: 'taffrail', origin: 'live' as const, mappingVersion: 0, rows };
    await bench.store.commit({ appends: [append], index: 'now' });
    live.changed(['many']);
    await until(() => reports.some((report) => report.includes('cannot be reached')));
    expect(reports.some((report) => report.includes('dropped: the queue is full'))).toBe(true);
    await collector.open();
    await until(() => collector.spans().length === 4096);
    const last = (await stored('many')).at(-1)?.spanId;
    expect(collector.spans().some(({ spanId }) => spanId === last)).toBe(true);
  });
});

describe('a stored session as one document', () => {
  it('D-beyond: holds what the schema of OpenTelemetry knows and nothing else, the same each time', async () => {
    const { sessionId } = await bench.done('anthropic', [shell('echo x'), says('Done.')]);
    const text = async () => {
      const pieces: string[] = [];
      for await (const piece of otlpDocument({ queries: bench.store.queries, prices }, sessionId, { content: true }))
        pieces.push(piece);
      return pieces.join('');
    };
    const document = await text();
    expect(throughSchema(document)).toEqual(JSON.parse(document));
    expect(spansIn(throughSchema(document))).toEqual(await stored(sessionId, true));
    expect(await text()).toBe(document);
  });
});
