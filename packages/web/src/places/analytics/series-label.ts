/** What the series of a stacked chart are called. */
import { agentLabel } from '@taffrail/wire';
import { modelNames, projectNames } from '../../parts/format-path.js';
import { kindLabel } from './kinds.js';
import { restKey, type Series } from './series.js';
import type { Stack } from './url-state.js';

/** Names for the series of one chart: what would look the same is told apart. */
export function seriesLabels(series: readonly Series[], by: Stack): (key: string) => string {
  const modelName = modelNames(series.map((one) => one.key));
  const projectName = projectNames(series.map((one) => one.key));
  const nameOf: Record<Stack, (key: string) => string> = {
    agent: agentLabel,
    model: (key) => (key === '' ? 'model not logged' : modelName(key)),
    kind: kindLabel,
    project: (key) => (key === '' ? 'no folder' : projectName(key)),
  };
  return (key) => (key === restKey ? 'Other' : nameOf[by](key));
}
