/** What a series of a stacked chart is called. */
import { agentLabel } from '@taffrail/wire';
import { folderName, shortModel } from '../../parts/format-path.js';
import { restKey } from './series.js';
import type { Stack } from './url-state.js';

const nameOf: Record<Stack, (key: string) => string> = {
  agent: agentLabel,
  model: (key) => (key === '' ? 'model not logged' : shortModel(key)),
  project: (key) => (key === '' ? 'no folder' : folderName(key)),
};

export function seriesLabel(key: string, by: Stack): string {
  return key === restKey ? 'Other' : nameOf[by](key);
}
