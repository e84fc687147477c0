/** What a turn says of its folder: the name of the state before it, and what has changed after it. */
import type { LiveSession } from './live-session.js';
import { changesIn, keepCheckpoint } from './working-folder.js';

type Environment = Readonly<Record<string, string>>;

/** Once a turn: one that goes on after a restart has it already. */
export async function sayBefore(
  session: LiveSession,
  turnId: string,
  env: Environment,
  now: () => number,
): Promise<void> {
  const { cwd } = session.state.description;
  if (cwd === undefined || session.state.turns.get(turnId)?.checkpoint) return;
  const ref = await keepCheckpoint(cwd, env, session.sessionId, turnId);
  if (ref === null) return;
  const row = { key: `checkpoint:${turnId}`, at: now(), turnId };
  await session.append([{ ...row, kind: 'checkpoint.made', data: { ref, kind: 'git' } }]);
}

/** Where it is what was known before, nothing is said. */
export async function sayAfter(
  session: LiveSession,
  turnId: string,
  env: Environment,
  now: () => number,
): Promise<void> {
  const { cwd } = session.state.description;
  const changes = cwd === undefined ? null : await changesIn(cwd, env);
  if (changes === null || JSON.stringify(changes) === JSON.stringify(session.state.changes)) return;
  await session.append([{ key: `changes:${turnId}`, at: now(), turnId, kind: 'files.changed', data: changes }]);
}
