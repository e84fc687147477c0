/** The slow and obvious way to count what a question is about: event by event, without buckets, sums or joins. */
import { type AnalyticsRow, type TokenField, type ToolTable, tokenFields, type Usage } from '@taffrail/wire';
import { sizeClass } from '../plan/buckets.js';
import { priceTable } from '../pricing/prices.js';
import {
  hasFailed,
  hasResult,
  isMade,
  type Question,
  type Request,
  resultAt,
  type Session,
} from './world-for-tests.js';

const price = { input: 3, output: 15, cacheRead: 1, cacheWrite: 4, cacheWrite1h: 6 };
export const prices = priceTable({ m: price });

export function groupsOf<Value>(values: readonly Value[], nameOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) groups.set(nameOf(value), [...(groups.get(nameOf(value)) ?? []), value]);
  return groups;
}

/** A local clock that asks the platform about each moment by itself. */
export function clockIn(tz: string) {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: tz,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  return (time: number) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const day = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
    return { day, hour: Number(parts.get('hour')) };
  };
}

export interface Event {
  session: Session;
  root: string;
  at: number;
  request: Request | null;
  isMessage: boolean;
}

/** Made by a model, not by the demo: counted, or said to have told nothing. */
export const isReal = ({ provider }: Request): boolean => provider !== 'demo';
const isTold = ({ tokens }: Request): boolean => Object.values(tokens).some((value) => value !== null);

/** All that happened and is asked about. */
export function eventsOf(sessions: readonly Session[], asked: Question, range: (time: number) => boolean): Event[] {
  const rootOf = (one: Session): string => {
    const parent = sessions.find(({ id }) => id === one.parentId);
    return parent ? rootOf(parent) : one.id;
  };
  const ofModel = ({ model }: Request) => asked.model === null || (model ?? '') === asked.model;
  return sessions.flatMap((one): Event[] => {
    if (asked.agent !== null && one.agent !== asked.agent) return [];
    if (asked.project !== null && one.project !== asked.project) return [];
    const isOfModel = asked.model === null || one.requests.some((each) => isReal(each) && ofModel(each));
    const of = { session: one, root: rootOf(one) };
    const requests = one.requests.filter((each) => isReal(each) && ofModel(each));
    return [
      ...requests.map((each) => ({ ...of, at: each.at, request: each, isMessage: false })),
      ...(isOfModel ? one.messages : []).map((time) => ({ ...of, at: time, request: null, isMessage: true })),
      ...(isOfModel ? one.calls : []).map((each) => ({ ...of, at: each.at, request: null, isMessage: false })),
    ].filter((event) => range(event.at));
  });
}

const isPriced = ({ model, tokens }: Request): boolean =>
  model === 'm' && tokens.inputTokens !== null && tokens.outputTokens !== null;

function usageOf(requests: readonly Request[]): Omit<Usage, 'last'> | null {
  if (requests.length === 0) return null;
  const told = (field: TokenField) => requests.flatMap(({ tokens }) => tokens[field] ?? []);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const each = <Value>(of: (field: TokenField) => Value) =>
    Object.fromEntries(tokenFields.map((field) => [field, of(field)])) as Record<TokenField, Value>;
  const priced = requests.filter(isPriced);
  const costs = priced.map(({ tokens }) => {
    const [read, write, hourly] = [
      tokens.cacheReadTokens ?? 0,
      tokens.cacheWriteTokens ?? 0,
      tokens.cacheWrite1hTokens ?? 0,
    ];
    const fresh = (tokens.inputTokens ?? 0) - read - write;
    const writes = (write - hourly) * price.cacheWrite + hourly * price.cacheWrite1h;
    return fresh * price.input + read * price.cacheRead + writes + (tokens.outputTokens ?? 0) * price.output;
  });
  return {
    requests: requests.length,
    ...each((field) => (told(field).length === 0 ? null : sum(told(field)))),
    reported: each((field) => told(field).length),
    costMicros: priced.length === 0 ? null : sum(costs),
    pricedRequests: priced.length,
  };
}

/** Request by request: what was read and written, at the price of fresh input, less what it cost. */
function savingOf(requests: readonly Request[]): Pick<AnalyticsRow, 'cacheSavedMicros' | 'cacheSavedRequests'> {
  const priced = requests.filter(isPriced);
  const told = priced.filter(({ tokens }) => tokens.cacheReadTokens !== null);
  const saved = priced.map(({ tokens }) => {
    const hourly = tokens.cacheWrite1hTokens ?? 0;
    const short = (tokens.cacheWriteTokens ?? 0) - hourly;
    const reads = (tokens.cacheReadTokens ?? 0) * (price.input - price.cacheRead);
    return reads + short * (price.input - price.cacheWrite) + hourly * (price.input - price.cacheWrite1h);
  });
  const sum = saved.reduce((total, value) => total + value, 0);
  return { cacheSavedMicros: told.length === 0 ? null : sum, cacheSavedRequests: told.length };
}

/** Sessions of the world have requests that tell and such that do not in one quarter of an hour: those are taken whole. */
function cacheToldInputOf(events: readonly Event[]): number | null {
  const told = events.filter(({ request }) => request !== null && isTold(request));
  const quarters = groupsOf(told, ({ session, at, request }) => {
    const { model = '', provider = '', tokens } = request ?? {};
    const isComplete = tokens?.inputTokens !== null && tokens?.outputTokens !== null;
    return [
      session.id,
      Math.floor(at / 900_000),
      model,
      provider,
      sizeClass(tokens?.inputTokens ?? null),
      isComplete,
    ].join();
  });
  const some = [...quarters.values()].filter((group) =>
    group.some(({ request }) => request !== null && request.tokens.cacheReadTokens !== null),
  );
  const inputs = some.flat().flatMap(({ request }) => request?.tokens.inputTokens ?? []);
  const isAny = told.some(({ request }) => request !== null && request.tokens.inputTokens !== null);
  return some.length === 0 || !isAny ? null : inputs.reduce((sum, one) => sum + one, 0);
}

export type Line = Omit<AnalyticsRow, 'usage'> & { usage: Omit<Usage, 'last'> | null };

export function linesOf(events: readonly Event[], keyOf: (event: Event) => string | [string, string]): Line[] {
  const groups = groupsOf(events, (event) => [keyOf(event)].flat().join('\u0000'));
  return [...groups].map(([name, group]) => {
    const [key = '', stack = null] = name.split('\u0000');
    const all = group.flatMap((event) => event.request ?? []);
    const requests = all.filter(isTold);
    return {
      key,
      group: stack,
      sessions: new Set(group.map(({ root }) => root)).size,
      sessionsWithUsage: new Set(group.flatMap((event) => (event.request && isTold(event.request) ? [event.root] : [])))
        .size,
      messages: group.filter(({ isMessage }) => isMessage).length,
      usage: usageOf(requests),
      untoldRequests: all.length - requests.length,
      cacheToldInputTokens: cacheToldInputOf(group),
      ...savingOf(requests),
    };
  });
}

/** Calls by their time and results by theirs, as the log says in the end. */
export function toolLinesOf(
  sessions: readonly Session[],
  asked: Question,
  range: (time: number) => boolean,
): ToolTable['rows'] {
  const roots = new Map(eventsOf(sessions, asked, () => true).map(({ session: { id }, root }) => [id, root]));
  const ofModel = ({ requests }: Session) =>
    asked.model === null || requests.some((each) => isReal(each) && (each.model ?? '') === asked.model);
  const calls = sessions
    .filter((one) => roots.has(one.id) && ofModel(one))
    .flatMap((one) => one.calls.map((each) => ({ ...each, root: roots.get(one.id) })));
  return [...groupsOf(calls, ({ name }) => name)].flatMap(([name, group]) => {
    const made = group.filter((each) => isMade(each) && range(each.at));
    const results = group.filter((each) => hasResult(each) && range(resultAt(each)));
    const timed = results.flatMap(({ durationMs }) => durationMs ?? []);
    const line = {
      name,
      calls: made.length,
      errors: results.filter(hasFailed).length,
      sessions: new Set(made.map(({ root }) => root)).size,
      outputBytes: results.length === 0 ? null : results.reduce((sum, { output }) => sum + bytesOf(output), 0),
      durationMs: timed.length === 0 ? null : timed.reduce((sum, ms) => sum + Math.round(ms), 0),
      timedCalls: timed.length,
    };
    return made.length === 0 ? [] : [line];
  });
}

/** In the log a NUL is the sign for it. */
const bytesOf = (output: string): number => Buffer.byteLength(output.replaceAll('\0', '\u2400'));
