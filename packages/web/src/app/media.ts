/** Widths at which the layout changes its parts, not only its sizes. */
import { useSyncExternalStore } from 'react';

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
  );
}

/** Below 720 px: a bar at the bottom, two-line rows. */
export const useIsPhone = () => useMedia('(max-width: 719px)');

/** Below 1100 px the inspector lies over the transcript instead of beside it. */
export const useIsNarrow = () => useMedia('(max-width: 1099px)');
