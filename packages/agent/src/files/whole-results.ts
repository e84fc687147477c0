/** What calls came to, as the model was promised it: a row holds only the beginning and the end of a long result. */
import type { Item } from '@taffrail/wire';
import { outputBytesMax } from '../tools/contract.js';
import { cutMiddle } from '../tools/cut-text.js';
import type { ReadBlob } from './shown-files.js';

/**
 * The items, with the whole text of long results; one that another agent's log holds may be longer than ours are. What a
 * summary stands for no model is told.
 */
export function withWholeResults(items: readonly Item[], read: ReadBlob): Promise<Item[]> {
  const summed = items.findLastIndex(({ type }) => type === 'compaction');
  return Promise.all(items.map((item, at) => (at < summed ? item : wholeResult(item, read))));
}

async function wholeResult(item: Item, read: ReadBlob): Promise<Item> {
  if (item.type !== 'tool_result' || !item.blob) return item;
  const bytes = await read(item.blob.hash);
  return bytes === null ? item : { ...item, text: cutMiddle(Buffer.from(bytes).toString(), outputBytesMax) };
}
