/** Random archives and questions about them: sub-agents, several zones, days on which clocks change, figures that are missing. */
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
  })
  .map(({ fresh, read, write, hourly, ...rest }) => ({
    at: rest.at,
    model: rest.model,
    provider: rest.isDemo ? 'demo' : 'one',
    tokens: {
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
  name: fc.constantFrom('read', 'grep'),
  end: fc.constantFrom('ok', 'error', 'none', 'in pieces', 'taken back'),
  output: fc.constantFrom('', 'ü', 'ten bytes.', 'é'.repeat(20_000)),
});
const session = fc.record({
  agent: fc.constantFrom('claude', 'codex'),
  project: fc.constantFrom(null, '/a', '/b'),
  /** Which of the sessions before has started it. */
  parent: fc.option(fc.nat(3)),
  requests: fc.array(request, { maxLength: 6 }),
  messages: fc.array(at, { maxLength: 3 }),
  calls: fc.array(call, { maxLength: 3 }),
});
export const question = fc.record({
  tz: fc.constantFrom(...zones),
  since: fc.option(fc.constantFrom('2026-03-28', '2026-03-29', '2026-10-25', '2026-11-01')),
  days: fc.option(fc.nat(240)),
  agent: fc.option(fc.constantFrom('claude', 'codex')),
  project: fc.option(fc.constantFrom('/a', '/b')),
  model: fc.option(fc.constantFrom('m', 'n')),
});
export type Session = Omit<typeof session extends fc.Arbitrary<infer Made> ? Made : never, 'parent'> & {
  id: string;
  parentId: string | null;
};
export type Question = typeof question extends fc.Arbitrary<infer Made> ? Made : never;
export type Request = Session['requests'][number];

export const world = fc.array(session, { minLength: 1, maxLength: 5 }).map((made) =>
  made.map(({ parent, ...rest }, index): Session => {
    return { ...rest, id: `s${index}`, parentId: parent === null || parent >= index ? null : `s${parent}` };
  }),
);

export function rowsOf({ id, parentId, project, requests, messages, calls }: Session): NewRow[] {
  const described = { ...(parentId ? { parentId } : {}), ...(project ? { project } : {}) };
  return [
    { kind: 'session.described', key: 'd', at: Date.parse('2026-01-01T00:00Z'), data: described },
    ...messages.map((time, index): NewRow => {
      const data = { type: 'message', role: 'user', author: 'human', text: `${index}` } as const;
      return { kind: 'item.recorded', key: `m${index}`, at: time, data };
    }),
    ...calls.flatMap((one, index) => callRows(one, `${index}`)),
    ...requests.map((one, index): NewRow => {
      const { model, provider, tokens } = one;
      const attemptId = `${id}-${index}`;
      const data = { attemptId, model, provider, final: true, ...noTokens, ...tokens };
      return { kind: 'usage.recorded', key: `u${index}`, at: one.at, identity: { key: attemptId, claim: 'own' }, data };
    }),
  ];
}

function callRows({ at: time, name, end, output }: Session['calls'][number], callId: string): NewRow[] {
  const made: NewRow = {
    kind: 'item.recorded',
    key: `c${callId}`,
    at: time,
    data: { type: 'tool_call', callId, name, text: '{}' },
  };
  const result = (text: string, isOpen: boolean): NewRow => {
    const status = end === 'error' ? 'error' : 'ok';
    const data = {
      type: 'tool_result',
      callId,
      text,
      status,
      ...(isOpen ? { streaming: true as const } : {}),
    } as const;
    return { kind: 'item.recorded', key: `r${callId}`, at: time, data };
  };
  if (end === 'none') return [made];
  if (end === 'taken back')
    return [made, { kind: 'item.deleted', key: `c${callId}`, at: time, data: { reason: 'broke off' } }];
  return end === 'in pieces' ? [made, result('', true), result(output, false)] : [made, result(output, false)];
}
