/** What was asked before, at hand with ↑ and ↓. Pure. */
import type { PlacedItem } from '@taffrail/wire';

/** What a person wrote in this session, the newest first, repetitions left out. */
export function promptsOf(items: Iterable<PlacedItem>): string[] {
  const texts: string[] = [];
  for (const { item } of items) if (item.type === 'message' && item.author === 'human') texts.push(item.text);
  return [...new Set(texts.reverse())];
}

/**
 * The text `step` places further into the past; `''` on the near side of the newest. `null` where the arrow means the text
 * itself: something of one's own stands there, or there is nothing further.
 */
export function recalled(prompts: readonly string[], text: string, step: 1 | -1): string | null {
  const at = text === '' ? -1 : prompts.indexOf(text);
  if (text !== '' && at === -1) return null;
  const next = at + step;
  if (next < -1 || next >= prompts.length) return null;
  return next === -1 ? '' : (prompts[next] ?? null);
}
