/** Turns as agents write them, at random: here, in another program that is hosted here, and in logs of others. */
import type { Item } from '@taffrail/wire';
import fc from 'fast-check';
import type { NewRow } from '../commit.js';
import { usage } from './sample-rows.js';

interface Call {
  /** In how many steps its result comes: beyond the turn's end it comes after it, or never. */
  resultAfter: number | null;
  isAgent: boolean;
  asks: boolean;
  isTimed: boolean;
}
interface Step {
  attempts: number;
  calls: readonly Call[];
  /** How often its request is stated. */
  statements: number;
  /** The last time comes some steps later. */
  isLate: boolean;
  waits: boolean;
  compacts: boolean;
}
interface Turn {
  writer: 'here' | 'hosted' | 'other' | 'other without steps';
  steps: readonly Step[];
  end: 'complete' | 'interrupted' | null;
}

const calls: fc.Arbitrary<Call> = fc.record({
  resultAfter: fc.constantFrom(0, 0, 0, 0, 1, 3, 30, null),
  isAgent: fc.boolean(),
  asks: fc.boolean(),
  isTimed: fc.boolean(),
});
const steps: fc.Arbitrary<Step> = fc.record({
  attempts: fc.constantFrom(1, 1, 1, 2, 3),
  calls: fc.array(calls, { maxLength: 3 }),
  statements: fc.integer({ min: 0, max: 3 }),
  isLate: fc.boolean(),
  waits: fc.boolean(),
  compacts: fc.constantFrom(false, false, false, true),
});
export const turns: fc.Arbitrary<Turn[]> = fc.array(
  fc.record({
    writer: fc.constantFrom('here', 'hosted', 'other', 'other without steps'),
    steps: fc.array(steps, { maxLength: 12 }),
    end: fc.constantFrom('complete', 'interrupted', null),
  }),
  { minLength: 1, maxLength: 3 },
);
type Said<Row = NewRow> = Row extends NewRow ? Omit<Row, 'key' | 'at' | 'turnId' | 'step'> : never;

/** The rows of one log, in the order in which they are written. */
export function turnRows(plan: readonly Turn[]): NewRow[] {
  const log = new Log();
  for (const [index, turn] of plan.entries()) writeTurn(log, `t${index}`, turn);
  log.tellLate(Number.POSITIVE_INFINITY);
  return log.rows;
}

class Log {
  readonly rows: NewRow[] = [];
  readonly #late: { step: number; write: () => void }[] = [];
  /** Steps since the beginning. */
  steps = 0;
  place: { turnId: string; step?: number } = { turnId: '' };

  add(place: { turnId: string; step?: number }, key: string, said: Said | NewRow): void {
    this.rows.push({ ...said, ...place, key, at: Date.UTC(2026, 0, 1) + this.rows.length * 700 } as NewRow);
  }

  after(steps: number | null, write: () => void): void {
    if (steps === 0) write();
    else if (steps !== null) this.#late.push({ step: this.steps + steps, write });
  }

  tellLate(until: number): void {
    for (const late of this.#late.filter(({ step }) => step <= until)) {
      this.#late.splice(this.#late.indexOf(late), 1);
      late.write();
    }
  }
}

const item = (data: Item): Said => ({ kind: 'item.recorded', data });

function writeTurn(log: Log, turnId: string, { writer, steps: all, end }: Turn): void {
  const isHere = writer === 'here' || writer === 'hosted';
  const data = isHere ? { runGen: 1, ...(writer === 'hosted' ? { hosted: true as const } : {}) } : {};
  log.add({ turnId }, `turn:${turnId}`, { kind: 'turn.started', data });
  log.add({ turnId }, `asked:${turnId}`, item({ type: 'message', role: 'user', author: 'human', text: 'go' }));
  for (const [index, step] of all.entries()) {
    log.place = { turnId, ...(writer === 'other without steps' ? {} : { step: index }) };
    log.tellLate(log.steps);
    if (writer === 'here') writeStepHere(log, turnId, index, step);
    else writeStep(log, log.place, index, step, isHere);
    log.steps += 1;
  }
  // Logs of others state what a request took before they say that the turn is over.
  log.tellLate(log.steps + 3);
  const key = isHere ? `turn:${turnId}:end` : `end:${turnId}`;
  if (end) log.add({ turnId }, key, { kind: 'turn.completed', data: { outcome: end } });
}

function writeStepHere(log: Log, turnId: string, index: number, step: Step): void {
  const place = { turnId, step: index };
  const id = `${turnId}.${index}`;
  const span = (spanId: string, kind: 'model' | 'compaction') =>
    log.add(place, `span:${spanId}`, { kind: 'span.started', data: { spanId, parentId: turnId, kind, name: 'm' } });
  const ended = (spanId: string, status: 'ok' | 'error') =>
    log.add(place, `span:${spanId}:end`, { kind: 'span.finished', data: { spanId, status, firstContentMs: 5 } });
  if (step.waits) {
    log.add({ turnId }, `waits:${id}`, { kind: 'turn.waiting', data: { until: null, reason: 'no key' } });
    log.add({ turnId }, `resumes:${id}`, { kind: 'turn.resumed', data: {} });
  }
  if (step.compacts) {
    span(`k${id}`, 'compaction');
    log.add(place, `summary:${id}`, item({ type: 'compaction', text: 'so far', trigger: 'auto' }));
    ended(`k${id}`, 'ok');
  }
  for (let attempt = 1; attempt < step.attempts; attempt += 1) {
    const attemptId = `${id}.a${attempt}`;
    span(attemptId, 'model');
    const why = { reason: 'overloaded', message: 'later', httpStatus: 529, retryAfterMs: null } as const;
    log.add(place, `discarded:${attemptId}`, {
      kind: 'attempt.discarded',
      data: { attemptId, model: 'm', keyId: 'main', ...why },
    });
    ended(attemptId, 'error');
  }
  span(id, 'model');
  log.add(place, `said:${id}`, item({ ...spoken('so'), streaming: true }));
  log.add(place, `said:${id}`, item(spoken('so far')));
  for (const [call] of step.calls.entries()) writeCall(log, place, `${id}.c${call}`);
  if (step.statements > 0) log.add(place, `usage:${id}`, usage(id, { outputTokens: 7 }));
  ended(id, 'ok');
  for (const [call, plan] of step.calls.entries()) runCall(log, place, `${id}.c${call}`, plan);
}

/** Of another agent: calls and results, and a request that is stated with each part of its answer. */
function writeStep(log: Log, place: { turnId: string; step?: number }, index: number, step: Step, isHosted: boolean) {
  const id = `${place.turnId}.${index}`;
  if (step.compacts) log.add(place, `summary:${id}`, item({ type: 'compaction', text: 'so far', trigger: 'auto' }));
  const state = (outputTokens: number) => log.add(place, `usage:${id}`, usage(id, { outputTokens }));
  log.add(place, `thought:${id}`, item({ type: 'reasoning', text: 'well' }));
  for (let statement = 1; statement < step.statements && !isHosted; statement += 1) state(statement);
  log.add(place, `said:${id}`, item(spoken('so far')));
  for (const [call] of step.calls.entries()) writeCall(log, place, `${id}.c${call}`);
  if (step.statements > 0) log.after(isHosted ? 20 : step.isLate ? 2 : 0, () => state(9));
  for (const [call, plan] of step.calls.entries()) {
    if (isHosted) runCall(log, place, `${id}.c${call}`, plan);
    // Where the log is when it comes.
    else log.after(plan.resultAfter, () => writeResult(log, log.place, `${id}.c${call}`, plan));
  }
}

const spoken = (text: string) => ({ type: 'message', role: 'assistant', author: 'model', text }) as const;

function writeCall(log: Log, place: { turnId: string; step?: number }, callId: string): void {
  log.add(place, `call:${callId}`, item({ type: 'tool_call', callId, name: 'bash', text: '{"command":"ls"}' }));
}

function writeResult(log: Log, place: { turnId: string; step?: number }, callId: string, call: Call): void {
  const child = call.isAgent ? { childSessionId: `child of ${callId}` } : {};
  const time = call.isTimed ? { durationMs: 300 } : {};
  log.add(
    place,
    `result:${callId}`,
    item({ type: 'tool_result', callId, text: 'done', status: 'ok', ...child, ...time }),
  );
}

function runCall(log: Log, place: { turnId: string; step?: number }, callId: string, call: Call): void {
  const permissionId = `p${callId}`;
  if (call.asks) {
    const question = { permissionId, callId, tool: 'bash', subject: 'ls', pattern: 'ls *' };
    log.add(place, permissionId, { kind: 'permission.asked', data: question });
    if (call.resultAfter === null) return;
    log.add(place, `${permissionId}:answer`, {
      kind: 'permission.answered',
      data: { permissionId, decision: 'allow' },
    });
  }
  const kind = call.isAgent ? ('agent' as const) : ('tool' as const);
  log.add(place, `span:${callId}`, {
    kind: 'span.started',
    data: { spanId: callId, parentId: place.turnId, kind, name: 'bash', callId },
  });
  log.after(call.resultAfter, () => {
    writeResult(log, place, callId, call);
    log.add(place, `span:${callId}:end`, { kind: 'span.finished', data: { spanId: callId, status: 'ok' } });
  });
}
