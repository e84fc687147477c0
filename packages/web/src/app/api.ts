/** The API of the server this page came from, and the cache of its answers. */
import { type ClientProblem, createRest, type Result } from '@taffrail/client';
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { serves } from './served.js';
import { setSignedOut } from './signed-in.js';

export const rest = createRest({ baseUrl: '/api/v1', fetch: (...input) => fetch(...input), serves });

/** A problem as react-query wants it: thrown. */
export class ProblemError extends Error {
  constructor(readonly problem: ClientProblem) {
    super(problem.title);
  }
}

/** The value of a result; a problem is thrown for react-query to keep. */
export async function answerOf<T>(result: Promise<Result<T>>): Promise<T> {
  const settled = await result;
  if (settled.ok) return settled.value;
  throw new ProblemError(settled.problem);
}

/** What stands behind an error of a query. */
export function problemFrom(error: unknown): ClientProblem {
  if (error instanceof ProblemError) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  return { type: 'about:blank', title: 'Something went wrong here', status: 0, detail, action: 'Reload the page.' };
}

/** Only an unreachable or failing server is worth asking again; a wrong question stays wrong. */
function shouldRetry(failures: number, error: unknown): boolean {
  const { status } = problemFrom(error);
  return failures < 2 && (status === 0 || status >= 500);
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (problemFrom(error).status === 401) setSignedOut();
    },
  }),
  defaultOptions: {
    queries: {
      // The socket says what changed; a reload on every focus would only repeat it.
      refetchOnWindowFocus: false,
      staleTime: 60_000,
      gcTime: 10 * 60_000,
      retry: shouldRetry,
      // The socket's return refetches; the browser's own idea of being offline is often wrong on localhost.
      networkMode: 'always',
    },
  },
});
