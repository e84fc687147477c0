/** D4: the snapshot of a session, at any time, is what the fold of its whole log says, whatever was kept of it at turns’ ends. */
import type { SessionState } from '@taffrail/session';
import type { SessionSnapshot } from '@taffrail/wire';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bench, says, shell } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const window = { items: 1_000, bytes: Number.POSITIVE_INFINITY };

/** What a snapshot tells, from the fold. Only this server knows by which profile a session runs and who named it. */
function told(state: SessionState): Omit<SessionSnapshot, 'oldestSeq' | 'itemCount'> {
  const { profile: _profile, titledBy: _titledBy, ...description } = state.description;
  return {
    status: state.status,
    description,
    turns: [...state.turns.values()],
    items: [...state.items.values()],
    totals: state.totals,
    queue: [...state.queue.values()],
    permissions: [...state.permissions.values()],
    waiting: state.waiting,
    openSpans: [...state.openSpans.values()],
    discarded: [...state.discarded],
    changes: state.changes,
    rewinds: state.rewinds.map(({ aside: _aside, ...mark }) => mark),
    restoring: state.restoring,
    budgetWarnings: [...state.budgetWarnings.values()],
  };
}

async function expectSame(sessionId: string): Promise<SessionSnapshot | undefined> {
  const found = await bench.store.snapshot(sessionId, window);
  const state = await bench.state(sessionId);
  expect(found?.state).toMatchObject(told(state));
  expect(found).toMatchObject({ head: state.head, state: { itemCount: state.items.size } });
  return found?.state;
}

it('D4: is right after every turn, in the middle of one, after a rewind, and after another server took over', async () => {
  bench.models.script('be seen', [
    shell('echo one'),
    says('First.'),
    { ...shell('echo two'), gates: [{ at: 0, name: 'middle' }] },
    says('Second.'),
    says('Third.'),
  ]);
  const sessionId = await bench.session();
  const first = await bench.ask(sessionId, 'be seen');
  await bench.ended(sessionId, first);
  expect((await expectSame(sessionId))?.turns).toHaveLength(1);
  const second = await bench.ask(sessionId, 'the second');
  await bench.models.gate('middle').reached;
  await bench.ask(sessionId, 'waits');
  const middle = await expectSame(sessionId);
  expect([middle?.status, middle?.queue.length, middle?.openSpans.length]).toEqual(['running', 1, 1]);
  await bench.newRunner().recover();
  expect((await expectSame(sessionId))?.status).toBe('interrupted');
  const files = await bench.runner.files(sessionId);
  await files.rewind(second, true);
  const rewound = await expectSame(sessionId);
  expect(rewound?.items.map(({ turnId }) => turnId)).not.toContain(second);
  await files.undo();
  expect((await expectSame(sessionId))?.items.map(({ turnId }) => turnId)).toContain(second);
  bench.models.gate('middle').open();
});

it('D4: of an open question holds the question, and none once it is answered', async () => {
  bench.models.script('may I', [shell('echo asked'), says('Done.')]);
  const sessionId = await bench.session('asking');
  const turnId = await bench.ask(sessionId, 'may I');
  await bench.until(sessionId, ({ permissions }) => permissions.size === 1);
  const [question] = (await expectSame(sessionId))?.permissions ?? [];
  await bench.runner.answer(sessionId, question?.permissionId ?? '', 'allow');
  await bench.ended(sessionId, turnId);
  expect((await expectSame(sessionId))?.permissions).toEqual([]);
});
