/** The server's settings in this page: asked for, and changed by orders that answer with them. */
import type { Result } from '@taffrail/client';
import type { Settings } from '@taffrail/wire';
import { queryOptions, useMutation } from '@tanstack/react-query';
import { answerOf, problemFrom, queryClient, rest } from '../../app/api.js';

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => answerOf(rest.settings(signal)),
  // Whoever comes back from an editor sees what they wrote there.
  refetchOnWindowFocus: 'always',
  staleTime: 5_000,
});

/** An order about settings, for a form. What was refused stays in `problem` until the next try. */
export function useSettingsOrder<Input>(order: (input: Input) => Promise<Result<Settings>>) {
  const mutation = useMutation({
    mutationFn: (input: Input) => answerOf(order(input)),
    onSuccess: (settings) => {
      queryClient.setQueryData(settingsQuery.queryKey, settings);
      for (const key of ['choices', 'budgets']) void queryClient.invalidateQueries({ queryKey: [key] });
    },
  });
  const problem = mutation.isError ? problemFrom(mutation.error) : null;
  return {
    isPending: mutation.isPending,
    /** What went wrong, in a sentence. */
    problem: problem && (problem.status === 0 || problem.detail === '' ? problem.title : problem.detail),
    /** The settings were changed by somebody else since they were looked at. */
    isOutdated: problem?.status === 409,
    reset: mutation.reset,
    send: (input: Input, onTaken: (settings: Settings) => void) => mutation.mutate(input, { onSuccess: onTaken }),
  };
}
