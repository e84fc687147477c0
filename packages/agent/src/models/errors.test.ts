/** What goes wrong with a provider, told by what it does and by its headers. */
import { APICallError } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { ModelError } from './contract.js';
import { modelError, retryAfter } from './errors.js';

const now = Date.UTC(2026, 0, 1);

describe('A3: how long a provider asks to wait', () => {
  it.each([
    [{ 'retry-after': '3' }, 3_000],
    [{ 'Retry-After': '0' }, 0],
    [{ 'retry-after-ms': '1500' }, 1_500],
    [{ 'retry-after': '2', 'retry-after-ms': '2500' }, 2_500],
    [{ 'retry-after': new Date(now + 90_000).toUTCString() }, 90_000],
    [{ 'retry-after': new Date(now - 90_000).toUTCString() }, 0],
    [{ 'retry-after': '9999999' }, 86_400_000],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-5' }, 0],
    [{ date: 'whatever' }, null],
    [{}, null],
  ])('%j is %s', (headers, wait) => {
    expect(retryAfter(headers as unknown as Record<string, string>, now)).toBe(wait);
  });
});

const refused = (statusCode: number | undefined, responseHeaders = {}) =>
  new APICallError({
    message: 'words',
    url: 'http://x',
    requestBodyValues: { secret: 'prompt' },
    statusCode,
    responseHeaders,
  });

describe('A3: what is wrong', () => {
  it.each([
    [429, 'rate_limited'],
    [529, 'overloaded'],
    [503, 'overloaded'],
    [500, 'unavailable'],
    [408, 'unavailable'],
    [401, 'unauthorised'],
    [403, 'unauthorised'],
    [402, 'out_of_credit'],
    [400, 'refused'],
    [404, 'refused'],
    [200, 'broken_off'],
    [undefined, 'unavailable'],
  ] as const)('%s is %s', (status, reason) => {
    const error = modelError(refused(status, { 'retry-after': '1' }), now);
    expect(error).toMatchObject({ reason, httpStatus: status ?? null, retryAfterMs: 1_000 });
    expect(error.message).not.toContain('prompt');
  });

  it.each([
    [429, '{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}', 'out_of_credit'],
    [400, '{"error":{"message":"Your credit balance is too low to access the API."}}', 'out_of_credit'],
    [429, '{"error":{"code":"rate_limit_exceeded","message":"Rate limit reached for requests"}}', 'rate_limited'],
    [
      429,
      '{"error":{"status":"RESOURCE_EXHAUSTED","message":"Quota exceeded for requests per minute"}}',
      'rate_limited',
    ],
    [400, '{"error":{"message":"messages: at least one message is required"}}', 'refused'],
  ] as const)('%s with %s is %s', (statusCode, responseBody, reason) => {
    const answer = { message: 'words', url: 'http://x', requestBodyValues: {}, statusCode, responseBody };
    expect(modelError(new APICallError(answer), now).reason).toBe(reason);
  });

  it.each([
    [{ type: 'overloaded_error', message: 'try later' }, 'overloaded'],
    [{ error: { code: 'rate_limit_exceeded' } }, 'overloaded'],
    [new Error('socket hang up'), 'broken_off'],
    ['words', 'broken_off'],
    [{ message: 'internal' }, 'broken_off'],
    [undefined, 'broken_off'],
    [null, 'broken_off'],
  ])('%j in the middle of a stream is %s', (error, reason) => {
    expect(modelError(error, now)).toMatchObject({ reason, httpStatus: null });
  });

  it('is told in a sentence of bounded length', () => {
    expect(modelError(new Error('x'.repeat(1e6)), now).message.length).toBeLessThanOrEqual(1_000);
    const known = new ModelError('known', { reason: 'refused', httpStatus: 400, retryAfterMs: null });
    expect(modelError(known, now)).toBe(known);
  });
});
