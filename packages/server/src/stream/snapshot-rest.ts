/**
 * What of a snapshot is still to be sent, newest first: the rest of a text that was cut, then the items before. It is a
 * place to read on from, not the items: they are read when the client is ready for them, as they stand then.
 */
import type { CutText, ItemPiece, StoredSnapshot } from '@taffrail/store';
import type { SnapshotRest as Announced, ItemsFrame, TextFrame } from '@taffrail/wire';
import { type Log, pieceBytes } from './log.js';

export type NextItems = ItemPiece & { head: number; before: number; announced: Announced };

export class SnapshotRest {
  readonly #log: Log;
  readonly #reachesTo: number;
  #before: number;
  #more: boolean;
  #itemsLeft: number;
  #text: (CutText & { offset: number }) | null = null;

  constructor(log: Log, { state, more, cut, reachesTo, head }: StoredSnapshot, itemsLeft: number) {
    this.#log = log;
    this.#reachesTo = reachesTo;
    this.#before = state.items[0]?.seq ?? head + 1;
    this.#itemsLeft = itemsLeft;
    this.#more = more && itemsLeft > 0;
    this.#cutAt(cut, state.items);
  }

  get isSent(): boolean {
    return !this.#more && this.#text === null;
  }

  get announced(): Announced {
    return announcedAs(this.#more, this.#text);
  }

  /** More of the text that was cut. `null`: all of it was sent; or rows say what the item is now. */
  async nextText(num: number): Promise<Pick<TextFrame, 'itemId' | 'offset' | 'text'> | null> {
    const cut = this.#text;
    if (!cut) return null;
    const text = await this.#log.textAfter(num, cut, cut.offset, pieceBytes);
    const offset = cut.offset + (text?.length ?? 0);
    this.#text = text === null || text === '' || offset >= cut.length ? null : { ...cut, offset };
    return text ? { itemId: cut.id, offset: cut.offset, text } : null;
  }

  /** The next items, read but not yet counted as sent; `null` where there are none. */
  async nextItems(num: number): Promise<NextItems | null> {
    if (!this.#more) return null;
    const place = { before: this.#before, reachesTo: this.#reachesTo };
    const piece = await this.#log.itemsBefore(num, place, { items: this.#itemsLeft, bytes: pieceBytes });
    const more = piece.more && piece.items.length < this.#itemsLeft;
    return { ...piece, more, before: this.#before, announced: announcedAs(more, piece.cut) };
  }

  sent({ items, more, cut }: NextItems): void {
    this.#before = items[0]?.seq ?? this.#before;
    this.#itemsLeft -= items.length;
    this.#more = more;
    this.#cutAt(cut, items);
  }

  #cutAt(cut: CutText | null, items: ItemsFrame['items']): void {
    this.#text = cut && { ...cut, offset: items[0]?.item.text.length ?? 0 };
  }
}

function announcedAs(more: boolean, cut: CutText | null): Announced {
  return { more, cut: cut && { id: cut.id, length: cut.length } };
}
