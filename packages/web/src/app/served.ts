/**
 * F7: what the server has said it can do. It says so on every connection and when it is asked; the last word counts, for
 * another server may have taken the place of the one this page came from.
 */
import type { Capability } from '@taffrail/wire';

export type Serves = (capability: Capability) => boolean;

let said: readonly string[] | null = null;
let latest: Serves = () => false;
const listeners = new Set<() => void>();

/** Takes over what the server has said. */
export function noteServed(capabilities: readonly string[]): void {
  if (said !== null && said.length === capabilities.length && capabilities.every((name) => said?.includes(name)))
    return;
  said = capabilities;
  latest = (capability) => capabilities.includes(capability);
  for (const listener of [...listeners]) listener();
}

/** Whether the server can do this, by its last word. Until it has spoken it can do nothing. */
export const serves: Serves = (capability) => latest(capability);

/** The last word as a function of its own: a new one when the server says something else. */
export function latestServed(): Serves {
  return latest;
}

/** Calls back when the server says something else; returns how to stop. */
export function onServed(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Those of the choices that the server can serve, in their order. */
export function servable<Choice extends string>(
  choices: readonly Choice[],
  needs: Readonly<Partial<Record<Choice, Capability>>>,
  can: Serves,
): Choice[] {
  return choices.filter((choice) => {
    const need = needs[choice];
    return need === undefined || can(need);
  });
}

/** What is shown of a choice from an address or a store: itself where it can be served, else the fallback. */
export function servedChoice<Choice extends string, Fallback>(
  chosen: Choice,
  served: readonly Choice[],
  fallback: Fallback,
): Choice | Fallback {
  return served.includes(chosen) ? chosen : fallback;
}
