/** Sessions that start sub-agents, for tests. */
import type { SessionState } from '@taffrail/session';
import type { Reply } from '@taffrail/testing';
import { v7 } from 'uuid';
import { type Bench, itemsOf, says } from './runner-for-tests.js';

/** An answer that gives each of these tasks to a sub-agent. */
export const gives = (...tasks: (string | { task: string; title?: string; agent?: string })[]): Reply => ({
  parts: tasks.map((task) => ({
    toolCall: { name: 'agent', input: typeof task === 'string' ? { task } : task },
  })),
});

export const results = (state: SessionState) =>
  itemsOf(state).flatMap((item) => (item.type === 'tool_result' ? [item] : []));
export const childrenOf = (state: SessionState) => results(state).flatMap(({ childSessionId }) => childSessionId ?? []);

/** A session whose first answer gives the tasks, and whose next says what came of them. */
export async function parent(bench: Bench, agentName: string, ...tasks: Parameters<typeof gives>) {
  const prompt = v7();
  bench.models.script(prompt, [gives(...tasks), says('All is done.')]);
  const sessionId = await bench.session(agentName);
  const turnId = await bench.ask(sessionId, prompt);
  return { sessionId, turnId, prompt };
}

/** The sub-agents, once so many have begun. */
export async function begun(bench: Bench, sessionId: string, count: number): Promise<string[]> {
  const state = await bench.until(sessionId, (now) => childrenOf(now).length === count);
  await Promise.all(childrenOf(state).map((id) => bench.until(id, ({ turns }) => turns.size > 0)));
  return childrenOf(state);
}

export const questionsOf = (state: SessionState) => [...state.permissions.values()];
export const gated = (text: string, name: string): Reply => says(text, { gates: [{ at: 1, name }] });
