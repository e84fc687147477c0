/** What went wrong between us and a provider, and when its headers say to come back. */
import { APICallError } from '@ai-sdk/provider';
import type { DiscardedAttempt } from '@taffrail/wire';
import { ModelError } from './contract.js';

/** Anything a call may throw. `now`: milliseconds since 1970, for headers that name a time. */
export function modelError(error: unknown, now: number): ModelError {
  if (error instanceof ModelError) return error;
  if (APICallError.isInstance(error)) return fromResponse(error, now);
  const words = textOf(error);
  const isBusy = /overloaded|resource.?exhausted|rate.?limit|too many requests/i.test(`${words} ${kindOf(error)}`);
  const reason = isBusy ? 'overloaded' : 'broken_off';
  return new ModelError(words, { reason, httpStatus: null, retryAfterMs: null });
}

function fromResponse(error: APICallError, now: number): ModelError {
  const httpStatus = error.statusCode ?? null;
  const words = `${error.message} ${error.responseBody ?? ''}`;
  const reason = isOutOfCredit(httpStatus, words) ? 'out_of_credit' : reasonOf(httpStatus);
  return new ModelError(messageOf(error), {
    reason,
    isTooLong: reason === 'refused' && isTooLong(words),
    httpStatus,
    retryAfterMs: retryAfter(error.responseHeaders ?? {}, now),
  });
}

function reasonOf(status: number | null): DiscardedAttempt['reason'] {
  if (status === null) return 'unavailable';
  // It began to answer, and nothing more came that could be read.
  if (status < 300) return 'broken_off';
  if (status === 429) return 'rate_limited';
  if (status === 529 || status === 503) return 'overloaded';
  if (status === 401 || status === 403) return 'unauthorised';
  return status >= 500 || status === 408 ? 'unavailable' : 'refused';
}

/** One provider has a status for it, others a code or a sentence under the status of a limit or of a bad request. */
function isOutOfCredit(status: number | null, words: string): boolean {
  if (status === 402) return true;
  const mayBe = status === 429 || status === 400 || status === 403;
  return (
    mayBe &&
    /insufficient.?(?:quota|credit|balance|funds)|credit balance is too low|exceeded your current quota, please check your plan and billing/i.test(
      words.slice(0, 4_000),
    )
  );
}

/** Providers have a code for it, or only a sentence; a body that is too large has a status of its own. */
function isTooLong(words: string): boolean {
  return /context.?length|context.?window|prompt is too long|(?:input|request).{0,40}too (?:long|large)|(?:maximum|exceed).{0,60}tokens|tokens.{0,60}(?:maximum|exceed)/i.test(
    words.slice(0, 4_000),
  );
}

/** The provider's own sentence, without the request that provoked it. */
function messageOf(error: APICallError): string {
  const status = error.statusCode === undefined ? '' : `${error.statusCode}: `;
  return `${status}${error.message || 'the provider gave no reason'}`.slice(0, 1_000);
}

/** The kind that a provider gives an error in the middle of its stream, whatever words stand beside it. */
function kindOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || error instanceof Error) return '';
  return JSON.stringify(error, (name, value: unknown) => (name === 'message' ? undefined : value)).slice(0, 1_000);
}

function textOf(error: unknown): string {
  if (error instanceof Error) return error.message.slice(0, 1_000);
  if (typeof error === 'string') return error.slice(0, 1_000);
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  return typeof message === 'string'
    ? message.slice(0, 1_000)
    : (JSON.stringify(error)?.slice(0, 1_000) ?? 'unknown error');
}

const waitMsMax = 24 * 3_600_000;

/** The longest of what the headers ask for; `null` where they say nothing. */
export function retryAfter(headers: Readonly<Record<string, string>>, now: number): number | null {
  const waits = Object.entries(headers).flatMap(([name, value]) => waitOf(name.toLowerCase(), value, now) ?? []);
  return waits.length === 0 ? null : Math.min(waitMsMax, Math.max(...waits));
}

function waitOf(name: string, value: string, now: number): number | null {
  if (name === 'retry-after-ms') return finite(Number(value));
  if (name === 'retry-after') return finite(Number(value) * 1_000) ?? until(value, now);
  return null;
}

const finite = (value: number): number | null => (Number.isFinite(value) && value >= 0 ? value : null);

function until(value: string, now: number): number | null {
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
