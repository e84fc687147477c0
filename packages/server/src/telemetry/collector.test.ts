/** One request to a collector that answers as it likes: what OTLP says of each answer, and that none harms who asks. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { batchesOf, collectorFrom, send } from './collector.js';
import { TestCollector } from './collector-for-tests.js';
import type { OtlpSpan } from './otlp.js';

let collector: TestCollector;
beforeEach(async () => {
  collector = await new TestCollector().open();
});
afterEach(() => collector.close());

const span = (index: number, text = 'chat a'): OtlpSpan => ({
  traceId: 'a'.repeat(32),
  spanId: index.toString(16).padStart(16, '0'),
  name: text,
  kind: 3,
  startTimeUnixNano: '1000000',
  endTimeUnixNano: '2000000',
  attributes: [],
  status: {},
});

async function tell(env: NodeJS.ProcessEnv = {}) {
  const to = collectorFrom(collector.url, env);
  if (!to) throw new Error('there is no collector');
  return send(to, [span(1), span(2)]);
}

it('D-beyond: of spans that a collector left out, it is said how many and why, in plain letters', async () => {
  const rejects = (partialSuccess: object) => {
    collector.answer = JSON.stringify({ partialSuccess });
    return tell();
  };
  expect(await rejects({ rejectedSpans: '1', errorMessage: 'too\u001b[31m\r\nold \u202e' })).toEqual({
    kind: 'taken',
    rejected: 1,
    why: 'too [31m old',
  });
  expect(await rejects({ rejectedSpans: 9 })).toEqual({ kind: 'taken', rejected: 2, why: '' });
  expect(await rejects({})).toMatchObject({ kind: 'taken', rejected: 0 });
  collector.answer = 'as you like it';
  expect(await tell()).toEqual({ kind: 'taken', rejected: 0, why: '' });
});

it.each([429, 502, 503, 504])('D-beyond: a collector that answers %i is asked again', async (status) => {
  collector.status = status;
  expect(await tell()).toEqual({
    kind: 'away',
    why: `the collector answered ${status}`,
    isBusy: true,
    retryAfterMs: null,
  });
});

it.each([400, 401, 404, 413, 500, 501])('D-beyond: a collector that answers %i is not', async (status) => {
  collector.status = status;
  expect(await tell()).toEqual({ kind: 'refused', why: `the collector answered ${status}` });
});

it('D-beyond: a collector says in seconds or by a date when it is to be asked again', async () => {
  collector.status = 503;
  const after = async (text: string) => {
    collector.answerHeaders = { 'retry-after': text };
    const sent = await tell();
    return sent.kind === 'away' ? sent.retryAfterMs : null;
  };
  expect(await after('7')).toBe(7_000);
  expect(await after(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000);
  expect(await after(new Date(0).toUTCString())).toBe(0);
  expect(await after('soon')).toBeNull();
});

it('D-beyond: a redirect is not followed: neither spans nor headers go where nobody sent them', async () => {
  const other = await new TestCollector().open();
  collector.status = 307;
  collector.answerHeaders = { location: `${other.url}/v1/traces` };
  expect(await tell({ OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret' })).toEqual({
    kind: 'refused',
    why: 'the collector answered 307, a redirect, which is not followed',
  });
  expect(other.asked).toBe(0);
  await other.close();
});

it('D-beyond: an answer without end is not read to its end', async () => {
  collector.answer = ' '.repeat(8 * 1024 * 1024);
  expect(await tell()).toMatchObject({ kind: 'taken' });
});

it('D-beyond: OpenTelemetry’s own variables say who tells, and that it is packed', async () => {
  await tell({
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_RESOURCE_ATTRIBUTES: 'host.name=the%20box,service.name=not-this',
    OTEL_SERVICE_NAME: 'agents',
  });
  await tell();
  const resources = collector.bodies.map((body) => {
    const { resourceSpans } = JSON.parse(body) as { resourceSpans: { resource: { attributes: unknown[] } }[] };
    return resourceSpans[0]?.resource.attributes;
  });
  const value = (stringValue: string) => ({ stringValue });
  const itsVersion = { key: 'service.version', value: { stringValue: expect.any(String) } };
  expect(resources[0]).toEqual([
    itsVersion,
    { key: 'host.name', value: value('the box') },
    { key: 'service.name', value: value('agents') },
  ]);
  expect(resources[1]).toEqual([{ key: 'service.name', value: value('taffrail') }, itsVersion]);
  expect(collector.headers.map((headers) => headers['content-encoding'])).toEqual(['gzip', undefined]);
});

it('D-beyond: many or long spans go in pieces that collectors take, and none is lost or told twice', () => {
  const spans = Array.from({ length: 600 }, (_, index) => span(index, 'x'.repeat(index % 3 === 0 ? 40_000 : 10)));
  spans.push(span(600, 'y'.repeat(3 * 1024 * 1024)));
  const batches = [...batchesOf(spans)];
  expect(batches.flat()).toEqual(spans);
  const tooLong = batches.filter((batch) => batch.length > 1 && JSON.stringify(batch).length > 2.1 * 1024 * 1024);
  expect(tooLong).toEqual([]);
  expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(256);
  expect([...batchesOf([])]).toEqual([]);
});
