/** Widths at which the layout changes its parts, not only its sizes. */
import { useSyncExternalStore } from 'react';

function mediaHook(query: string): () => boolean {
  const media = matchMedia(query);
  const subscribe = (listener: () => void) => {
    media.addEventListener('change', listener);
    return () => media.removeEventListener('change', listener);
  };
  return () => useSyncExternalStore(subscribe, () => media.matches);
}

/** Below 720 px: a bar at the bottom, two-line rows. */
export const useIsPhone = mediaHook('(max-width: 719px)');

/** Below 1100 px the inspector lies over the transcript instead of beside it. */
export const useIsNarrow = mediaHook('(max-width: 1099px)');
