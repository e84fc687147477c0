/** Orders to live sessions, as hooks: what was asked goes out once, and a refusal is said. */
import { type CreateSession, newSessionId, newTurnId, type PatchSession, type StartTurn } from '@taffrail/wire';
import { useMutation } from '@tanstack/react-query';
import { sentence } from '../parts/states.js';
import { answerOf, problemFrom, queryClient, rest } from './api.js';
import { openSessionsQuery } from './open-sessions.js';
import { showToast } from './toasts.js';

type At = { sessionId: string };

const orders = {
  create: (input: CreateSession) => rest.createSession(input),
  patch: ({ sessionId, ...change }: At & PatchSession) => rest.patchSession(sessionId, change),
  close: ({ sessionId }: At) => rest.closeSession(sessionId),
  reopen: ({ sessionId }: At) => rest.reopen(sessionId),
  start: ({ sessionId, ...turn }: At & StartTurn) => rest.startTurn(sessionId, turn),
  resume: ({ sessionId }: At) => rest.resumeTurn(sessionId, { id: newTurnId() }),
  compact: ({ sessionId }: At) => rest.compact(sessionId, { id: newTurnId() }),
  interrupt: ({ sessionId }: At) => rest.interrupt(sessionId),
  drop: ({ sessionId, inputId }: At & { inputId: string }) => rest.dropInput(sessionId, inputId),
  fork: ({ sessionId, ...point }: At & { turnId?: string; atSeq?: number }) =>
    rest.fork(sessionId, { id: newSessionId(), ...point }),
  rewind: ({ sessionId, turnId, files }: At & { turnId: string; files: boolean }) =>
    rest.rewind(sessionId, { turnId, files }),
  undoRewind: ({ sessionId }: At) => rest.rewind(sessionId, { undo: true }),
  answer: ({
    sessionId,
    permissionId,
    decision,
  }: At & { permissionId: string; decision: 'allow' | 'always' | 'deny' }) =>
    rest.answerPermission(sessionId, permissionId, { decision }),
} as const;

type Orders = typeof orders;
type OrderName = keyof Orders;
type InputOf<Name extends OrderName> = Parameters<Orders[Name]>[0];
type AnswerOf<Name extends OrderName> = Extract<Awaited<ReturnType<Orders[Name]>>, { ok: true }>['value'];

const words: Record<OrderName, string> = {
  create: 'The session could not be started',
  patch: 'The change was not taken',
  close: 'The session could not be closed',
  reopen: 'The session could not be reopened',
  start: 'The message was not taken',
  resume: 'The turn could not be taken up again',
  compact: 'The context could not be compacted',
  interrupt: 'The turn could not be stopped',
  drop: 'The message could not be taken back',
  fork: 'The session could not be copied',
  rewind: 'Nothing was restored',
  undoRewind: 'The restore could not be undone',
  answer: 'The answer was not taken',
};

// These change which tabs there are.
const tabOrders: readonly OrderName[] = ['create', 'close', 'reopen', 'patch', 'fork'];

/** Gives an order. What went wrong is said in a notice and comes back as a thrown problem. */
export async function give<Name extends OrderName>(name: Name, input: InputOf<Name>): Promise<AnswerOf<Name>> {
  const order = orders[name] as (input: InputOf<Name>) => Promise<Awaited<ReturnType<Orders[Name]>>>;
  try {
    return (await answerOf(order(input) as Parameters<typeof answerOf>[0])) as AnswerOf<Name>;
  } catch (error) {
    const { title, detail, status } = problemFrom(error);
    // Where no answer came, the browser's own words say nothing.
    const why = status === 0 || detail === '' ? title : detail;
    showToast({ text: sentence(`${words[name]}: ${why}`), isError: true });
    throw error;
  } finally {
    // The timeline that a fork has left has a new branch.
    if (name === 'fork') void queryClient.invalidateQueries({ queryKey: ['timeline'] });
    if (tabOrders.includes(name)) void queryClient.invalidateQueries({ queryKey: openSessionsQuery.queryKey });
  }
}

/** An order with its state, for a button. `send` calls back when it was taken. */
export function useOrder<Name extends OrderName>(name: Name) {
  const mutation = useMutation({ mutationFn: (input: InputOf<Name>) => give(name, input) });
  return {
    isPending: mutation.isPending,
    send: (input: InputOf<Name>, onTaken?: (answer: AnswerOf<Name>) => void) =>
      mutation.mutate(input, { onSuccess: (answer) => onTaken?.(answer) }),
  };
}
