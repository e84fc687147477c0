/** The archive for usage reports alone: in a file of its own, because it loads much less. */
import { readUsage, type UsageReader } from '@taffrail/store';
import { type ArchiveOf, type DataPlace, openWith } from './open-archive.js';

export type UsageArchive = ArchiveOf<UsageReader>;

/** `null` where nothing was ever stored. */
export function openUsageArchive(place: DataPlace): Promise<UsageArchive | null> {
  return openWith(readUsage, place);
}
