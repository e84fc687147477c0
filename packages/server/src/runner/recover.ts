/** A session whose server died: what it was in the middle of is ended, visibly, and nothing is run again. */
import type { NewRow, SessionState } from '@taffrail/session';
import type { Item } from '@taffrail/wire';

/** The turn that has begun and not ended. */
export function runningTurn({ turns }: SessionState): string | null {
  return [...turns.values()].findLast(({ outcome }) => outcome === 'running')?.turnId ?? null;
}

/**
 * It was only waiting: for a person, for a key, or for a sub-agent that waits. Then nothing was cut off, and it may go on.
 * @param childWaits Whether one of its sub-agents does: its own log does not tell.
 */
export function wasOnlyWaiting(
  { permissions, waiting, openSpans, description }: SessionState,
  childWaits: boolean,
): boolean {
  // The program that asked has ended with its server: nobody would hear the answer.
  if (description.hosted) return false;
  const isWorking = [...openSpans.values()].some(({ kind }) => kind === 'model' || kind === 'tool' || kind === 'check');
  const asks = [...permissions.values()].some(({ childSessionId }) => childSessionId === undefined);
  return !isWorking && (asks || waiting !== null || childWaits);
}

/** Whether calls of it wait for sub-agents. Once a server has stopped in good order, those that it waits for wait too. */
export function waitsForSubAgents({ openSpans }: SessionState): boolean {
  return [...openSpans.values()].some(({ kind }) => kind === 'agent');
}

export const serverStopped = 'the server stopped';

/** What came of a call all the same: its sub-agent's session tells. */
export type ToldResult = Pick<
  Extract<Item, { type: 'tool_result' }>,
  'status' | 'text' | 'childSessionId' | 'changedFiles'
>;
type Told = ReadonlyMap<string, ToldResult>;

/** The rows that end an interrupted turn, with what was left open in it. @param told By call. */
export function interruption(state: SessionState, turnId: string, at: number, told: Told = new Map()): NewRow[] {
  const end = { key: `turn:${turnId}:end`, at, turnId, kind: 'turn.completed' } as const;
  return [
    ...leftOpen(state, turnId, at, serverStopped, told),
    { ...end, data: { outcome: 'interrupted', reason: serverStopped } },
  ];
}

/** The rows that close what is open: what was written stays as far as it came, calls get their result. */
export function leftOpen(
  state: SessionState,
  turnId: string,
  at: number,
  cause: string,
  told: Told = new Map(),
): NewRow[] {
  const row = (key: string) => ({ key, at, turnId });
  const items = [...state.items.values()].filter((item) => item.turnId === turnId);
  const writing = items.filter(({ item }) => 'streaming' in item && item.type !== 'tool_result');
  const calls = items.flatMap(({ item, step }) => (item.type === 'tool_call' ? [{ callId: item.callId, step }] : []));
  const unanswered = calls.filter(({ callId }) => !hasResult(state, callId));
  return [
    ...writing.map(
      ({ id, step, item }): NewRow => ({ ...row(id), ...stepOf(step), kind: 'item.recorded', data: closed(item) }),
    ),
    ...unanswered.map(
      ({ callId, step }): NewRow => ({
        ...row(`result:${callId}`),
        ...stepOf(step),
        kind: 'item.recorded',
        data: { type: 'tool_result', callId, ...(told.get(callId) ?? interrupted(state, callId, cause)) },
      }),
    ),
    ...[...state.openSpans.values()].map(
      ({ spanId, callId = '' }): NewRow => ({
        ...row(`span:${spanId}:end`),
        kind: 'span.finished',
        data: { spanId, status: told.get(callId)?.status ?? 'interrupted' },
      }),
    ),
    ...[...state.permissions.keys()].map(
      (permissionId): NewRow => ({
        ...row(`answer:${permissionId}`),
        kind: 'permission.answered',
        data: { permissionId, decision: 'expired' },
      }),
    ),
  ];
}

const stepOf = (step: number | null) => (step === null ? {} : { step });

function hasResult({ items }: SessionState, callId: string): boolean {
  const result = items.get(`result:${callId}`);
  return result !== undefined && !('streaming' in result.item);
}

function closed(item: Item): Item {
  const { streaming: _streaming, ...rest } = item as Item & { streaming?: true };
  return rest as Item;
}

/** A call that had begun may have done something: only its own output tells. */
function interrupted({ items, openSpans }: SessionState, callId: string, cause: string): ToldResult {
  const known = items.get(`result:${callId}`)?.item;
  const hadBegun = openSpans.has(callId);
  const words = hadBegun
    ? `Interrupted: ${cause} while this ran. It was not run again; look at what it has done.`
    : `Not run: ${cause} before it began.`;
  return { status: 'interrupted', text: known && known.text !== '' ? `${known.text}\n${words}` : words };
}
