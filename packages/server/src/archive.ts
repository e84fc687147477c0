/** The archive for reading commands: sessions, items, search. */
import { readSqlite, type StoreReader } from '@taffrail/store';
import { type ArchiveOf, type DataPlace, openWith } from './open-archive.js';

export type Archive = ArchiveOf<StoreReader>;

/** `null` where nothing was ever stored. */
export function openArchive(place: DataPlace): Promise<Archive | null> {
  return openWith(readSqlite, place);
}
