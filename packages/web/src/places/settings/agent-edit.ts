/** An agent as a form changes it. Pure. */
import type { AgentSetting, PutAgent } from '@taffrail/wire';

/** The order that leaves an agent as it is. */
export function orderOf({ models, tools, check, effort, permissions }: AgentSetting): PutAgent {
  return { models: [...models], tools: [...tools], check, effort, permissions };
}

/** The list with one entry a place further up (-1) or down (1); at its end it stays. */
export function moved<T>(list: readonly T[], index: number, by: -1 | 1): T[] {
  const next = [...list];
  const other = next[index + by];
  const one = next[index];
  if (one === undefined || other === undefined) return next;
  next[index] = other;
  next[index + by] = one;
  return next;
}

/** Why this cannot be added to the models; `null` where it can. */
export function modelMistake(text: string, models: readonly string[], keys: readonly string[]): string | null {
  const name = text.trim();
  if (name === '') return null;
  if (models.includes(name)) return `${name} is in the list already`;
  const slash = name.indexOf('/');
  if (slash < 1 || slash === name.length - 1 || /\s/.test(name)) return 'A model is written KEY/MODEL';
  const key = name.slice(0, slash);
  return keys.includes(key) ? null : `There is no key ${key}; there are ${keys.join(', ')}`;
}
