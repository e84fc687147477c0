/** When a page that was just opened is first drawn. */
import { expectedSession } from './live-session.js';
import { router } from './router.js';

// So much later a frame without its words comes on a line that is slow.
const patienceMs = 150;

/**
 * Resolves when the place's code and the session that it will show are there, or after a moment. They mostly come in that
 * moment: drawn before, the page would be drawn twice, and its words be seen later.
 */
export function readyToDraw(): Promise<unknown> {
  const hasAll = router
    .load()
    .then(expectedSession)
    .catch(() => undefined);
  return Promise.race([hasAll, new Promise((resolve) => setTimeout(resolve, patienceMs))]);
}
