/**
 * Random archives and questions about them: sub-agents, forks, several zones, days on which clocks change, figures that are
 * missing, rows that are revised, taken back, rewound, told again or read anew.
 */
import fc from 'fast-check';
import type { NewRow } from '../commit.js';
import { noTokens } from '../contract/sample-rows.js';
import { zones } from './zones-for-tests.js';

const minuteMs = 60_000;

// Around these the clocks of some of the zones change.
const moments = [
  '2026-03-29T01:00Z',
  '2026-10-25T01:00Z',
  '2026-11-01T06:00Z',
  '2026-04-04T15:00Z',
  '2026-10-03T15:30Z',
  '2026-03-28T22:00Z',
  '2026-04-23T22:00Z',
  '2026-09-06T04:00Z',
];
const at = fc
  .record({ moment: fc.constantFrom(...moments), minutes: fc.integer({ min: -36 * 60, max: 36 * 60 }) })
  .map(({ moment, minutes }) => Date.parse(moment) + minutes * minuteMs);

const figure = fc.option(fc.nat(50), { freq: 4 });
const request = fc
  .record({
    at,
    model: fc.constantFrom(null, 'm', 'n'),
    fresh: figure,
    read: figure,
    write: figure,
    output: figure,
    reasoning: figure,
    hourly: fc.boolean(),
    isDemo: fc.constantFrom(false, false, false, true),
    isSilent: fc.constantFrom(false, false, false, true),
    isFinished: fc.boolean(),
  })
  .map(({ fresh, read, write, hourly, isSilent, ...rest }) => ({
    at: rest.at,
    model: rest.model,
    provider: rest.isDemo ? 'demo' : 'one',
    isFinished: rest.isFinished,
    tokens: isSilent
      ? noTokens
      : {
          inputTokens: fresh === null ? null : fresh + (read ?? 0) + (write ?? 0),
          outputTokens: rest.output,
          cacheReadTokens: read,
          cacheWriteTokens: write,
          cacheWrite1hTokens: hourly ? write : null,
          reasoningTokens: rest.reasoning,
        },
  }));
const call = fc.record({
  at,
  minutes: fc.nat(40),
  name: fc.constantFrom('read', 'grep'),
  end: fc.constantFrom('ok', 'error', 'none', 'in pieces', 'corrected', 'result taken back', 'made anew', 'taken back'),
  output: fc.constantFrom('', 'ü', 'ten bytes.', 'a nul: \0', 'é'.repeat(20_000)),
  durationMs: fc.option(fc.double({ min: 0, max: 5_000, noNaN: true })),
});
/** How a session's rows come into the log. */
const telling = fc.record({
  /** The share that comes in the first batch. */
  first: fc.double({ min: 0, max: 1, noNaN: true }),
  /** Between the batches the conversation goes back to its beginning; that may be undone. */
  rewind: fc.constantFrom('none', 'none', 'once', 'undone'),
  again: fc.constantFrom('no', 'no', 'in order', 'backwards'),
  /** A worse mapping has read the session before. */
  anew: fc.boolean(),
});
const session = fc.record({
  agent: fc.constantFrom('claude', 'codex'),
  project: fc.constantFrom(null, '/a', '/b'),
  /** Which of the sessions before has started it. */
  parent: fc.option(fc.nat(3)),
  /** Which of the sessions before it goes on from. */
  fork: fc.option(fc.nat(3), { freq: 2 }),
  requests: fc.array(request, { maxLength: 6 }),
  messages: fc.array(at, { maxLength: 3 }),
  calls: fc.array(call, { maxLength: 3 }),
  telling,
});
export const question = fc.record({
  tz: fc.constantFrom(...zones),
  since: fc.option(
    fc.constantFrom('2026-03-28', '2026-03-29', '2026-04-05', '2026-04-24', '2026-09-06', '2026-10-25', '2026-11-01'),
  ),
  days: fc.option(fc.oneof(fc.nat(3), fc.nat(240))),
  agent: fc.option(fc.constantFrom('claude', 'codex')),
  project: fc.option(fc.constantFrom('/a', '/b')),
  model: fc.option(fc.constantFrom('m', 'n')),
});
type Made<Of> = Of extends fc.Arbitrary<infer Value> ? Value : never;
type MadeSession = Made<typeof session>;
type Content = Pick<MadeSession, 'requests' | 'messages' | 'calls'>;

/** What a session holds; `from`: the session in which it happened. */
type Part = Content & { from: string };
export interface Session extends Omit<MadeSession, 'parent' | 'fork' | keyof Content> {
  id: string;
  parentId: string | null;
  /** Its own requests: those of the sessions that it is a fork of are counted there. */
  requests: MadeSession['requests'];
  /** All that its log holds, copies too. */
  messages: MadeSession['messages'];
  calls: MadeSession['calls'];
  parts: Part[];
}
export type Question = Made<typeof question>;
export type Request = MadeSession['requests'][number];

export const world = fc.array(session, { minLength: 1, maxLength: 5 }).map((made) => {
  const sessions: Session[] = [];
  for (const { parent, fork, requests, messages, calls, ...rest } of made) {
    const id = `s${sessions.length}`;
    const inherited = fork === null ? [] : (sessions[fork]?.parts ?? []);
    const parts = [...inherited, { from: id, requests, messages, calls }];
    sessions.push({
      ...rest,
      id,
      parentId: parent === null || parent >= sessions.length ? null : `s${parent}`,
      requests,
      messages: parts.flatMap((part) => part.messages),
      calls: parts.flatMap((part) => part.calls),
      parts,
    });
  }
  return sessions;
});

export function rowsOf({ id, parentId, project, parts }: Session): NewRow[] {
  const described = { ...(parentId ? { parentId } : {}), ...(project ? { project } : {}) };
  return [
    { kind: 'session.described', key: 'd', at: Date.parse('2026-01-01T00:00Z'), data: described },
    ...parts.flatMap((part) => partRows(part, part.from === id ? 'own' : 'copy')),
  ];
}

function partRows({ from, requests, messages, calls }: Part, claim: 'own' | 'copy'): NewRow[] {
  return [
    ...messages.map((time, index): NewRow => {
      const data = { type: 'message', role: 'user', author: 'human', text: `${index}` } as const;
      return { kind: 'item.recorded', key: `${from}-m${index}`, at: time, data };
    }),
    ...calls.flatMap((one, index) => callRows(one, `${from}-${index}`)),
    ...requests.map(({ at: time, model, provider, tokens, isFinished }, index): NewRow => {
      const attemptId = `${from}-${index}`;
      const data = { attemptId, model, provider, final: isFinished, ...noTokens, ...tokens };
      return { kind: 'usage.recorded', key: `u${attemptId}`, at: time, identity: { key: attemptId, claim }, data };
    }),
  ];
}

export type Call = MadeSession['calls'][number];

export const resultAt = ({ at: time, minutes }: Call): number => time + minutes * minuteMs;
/** What the log says in the end of a call: that it was made, that it had a result, that it was in vain. */
export const isMade = ({ end }: Call): boolean => end !== 'taken back';
export const hasResult = ({ end }: Call): boolean => !['none', 'taken back', 'result taken back'].includes(end);
export const hasFailed = ({ end }: Call): boolean => end === 'error' || end === 'corrected';

function callRows(call: Call, callId: string): NewRow[] {
  const { at: time, name, output } = call;
  const made = (text = '{}'): NewRow => ({
    kind: 'item.recorded',
    key: `call:${callId}`,
    at: time,
    data: { type: 'tool_call', callId, name, text },
  });
  const result = (text: string, some: { status?: 'error'; streaming?: true; durationMs?: number }): NewRow => ({
    kind: 'item.recorded',
    key: `result:${callId}`,
    at: resultAt(call),
    data: { type: 'tool_result', callId, text, status: 'ok', ...some },
  });
  const gone = (of: NewRow): NewRow => ({ kind: 'item.deleted', key: of.key, at: time, data: { reason: 'broke off' } });
  const length = call.durationMs === null ? {} : { durationMs: call.durationMs };
  const whole = result(output, length);
  switch (call.end) {
    case 'ok':
      return [made(), whole];
    case 'error':
      return [made(), result(output, { ...length, status: 'error' })];
    case 'none':
      return [made()];
    case 'in pieces':
      return [made(), result('', { streaming: true }), whole];
    case 'corrected':
      return [made(), result('at first', { durationMs: 7 }), result(output, { ...length, status: 'error' })];
    case 'result taken back':
      return [made(), whole, gone(whole)];
    case 'made anew':
      return [made(), gone(made()), made('{"again":true}'), whole];
    case 'taken back':
      return [made(), gone(made())];
  }
}
