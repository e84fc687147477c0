/** What went wrong with a request, as a value: the server's problem+json with a sentence about what to do next. */
import { type Capability, type Problem, problemSchema } from '@taffrail/wire';

/** `status` is 0 where no answer came. `action` is one sentence for the person who reads it. */
export type ClientProblem = Problem & { action: string };

export type Result<T> = { ok: true; value: T } | { ok: false; problem: ClientProblem };

const actions: Record<number, string> = {
  400: 'Change the filter or the link and try again.',
  401: 'Open the sign-in link that `taffrail serve` prints in its terminal.',
  403: 'Open taffrail under the address that `taffrail serve` prints; other hosts and pages are refused.',
  404: 'It may have been removed. Go back to Sessions.',
  409: 'Reload: something newer is already there.',
  410: 'Reload: this place in the log is no longer kept.',
  429: 'Wait a moment and try again.',
};

/** What to do about a status; a failing server gets one answer for all its codes. */
export function actionFor(status: number): string {
  return actions[status] ?? 'Nothing was changed. Try again; the server’s terminal says more.';
}

/** The server can't be reached at all. */
export function unreachableProblem(error: unknown): ClientProblem {
  return {
    type: 'taffrail:unreachable',
    title: 'The server does not answer',
    status: 0,
    detail: error instanceof Error ? error.message : String(error),
    action: 'Check that `taffrail serve` still runs. This page tries again by itself.',
  };
}

/** The server has not said that it can do this, so it was not asked (F7). */
export function unservedProblem(capability: Capability): ClientProblem {
  return {
    type: 'taffrail:unserved',
    title: 'This server cannot do that',
    status: 501,
    detail: `It does not name “${capability}” among the things that it can do.`,
    action: 'Update the server; what it can do then shows by itself.',
  };
}

/** The answer came and does not have the shape this client knows: most often two different versions. */
export function unexpectedAnswerProblem(status: number, detail: string): ClientProblem {
  return {
    type: 'taffrail:unexpected-answer',
    title: 'The server’s answer could not be read',
    status,
    detail,
    action: 'Reload the page. If it stays, this page and the server are different versions.',
  };
}

/** Reads an error answer. A body that is not problem+json still becomes a problem. */
export function problemOf(status: number, statusText: string, body: unknown): ClientProblem {
  const parsed = problemSchema.safeParse(body);
  if (parsed.success) return { ...parsed.data, action: actionFor(parsed.data.status) };
  return {
    type: 'about:blank',
    title: statusText || `The server answered ${status}`,
    status,
    detail: typeof body === 'string' && body !== '' ? body.slice(0, 300) : `The server answered ${status}.`,
    action: actionFor(status),
  };
}
