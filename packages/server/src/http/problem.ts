/** Errors that callers see: RFC 9457 problem details, one sentence that says what to do. */
import type { Problem } from '@taffrail/wire';

export class HttpProblem extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 409 | 410 | 413 | 500 | 503,
    readonly detail: string,
  ) {
    super(detail);
  }
}

const titles: Record<number, string> = {
  400: 'Wrong request',
  401: 'Not signed in',
  403: 'Refused',
  404: 'Not found',
  409: 'Conflict',
  410: 'Gone',
  413: 'Too large',
  500: 'Internal error',
  503: 'Not now',
};

export function problemBody(status: number, detail: string): Problem {
  return { type: 'about:blank', title: titles[status] ?? 'Error', status, detail };
}

export function problemResponse(status: number, detail: string): Response {
  return new Response(JSON.stringify(problemBody(status, detail)), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
