/** What a new session can begin with. Pure: the server's choices in, the sensible ones first. */
import type { Choices, ModelChoice } from '@taffrail/wire';

/** The agent's own models in its order, those that can answer now first; without a list of its own, all. */
export function startable({ models, agents }: Choices, agent: string): ModelChoice[] {
  const wanted = agents.find(({ name }) => name === agent)?.models ?? [];
  const own = wanted.flatMap((id) => models.filter((model) => model.id === id));
  const list = own.length > 0 ? own : models;
  return [...list.filter(isReady), ...list.filter((model) => !isReady(model))];
}

/** An agent with a program of its own chooses its model itself. */
export function isHosted({ hosted }: Choices, agent: string): boolean {
  return hosted.some(({ name }) => name === agent);
}

function isReady(model: ModelChoice): boolean {
  return model.exhaustedUntil === null;
}

/** The scripted model that needs no key. */
export function demoOf({ models }: Choices): ModelChoice | undefined {
  return models.find(({ provider }) => provider === 'demo');
}
