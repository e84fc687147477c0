/** F7: which panels the inspector has, and which is shown. */
import type { Capability } from '@taffrail/wire';
import { useMemo } from 'react';
import { useIsNarrow } from '../../app/media.js';
import { servable, servedChoice } from '../../app/served.js';
import { useServed } from '../../app/serves.js';

/** The panels that the server can fill; one that it cannot gives way to the usage, and comes back with a server that can. */
export function usePanels<Panel extends string>(
  all: readonly (Panel | 'usage')[],
  needs: Readonly<Partial<Record<Panel | 'usage', Capability>>>,
  asked: Panel | 'usage' | 'none' | undefined,
) {
  const can = useServed();
  const isNarrow = useIsNarrow();
  const panels = useMemo(() => servable(all, needs, can), [all, needs, can]);
  const panel = servedChoice(asked ?? (isNarrow ? 'none' : 'usage'), [...panels, 'none' as const], 'usage' as const);
  return { panels, panel, can, isNarrow };
}
