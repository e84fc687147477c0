/** Secrets in what a model says, wherever the stream cuts them. */
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactor } from '../tools/redact.js';
import { ModelError, type ModelEvent, type ModelRequest } from './contract.js';
import { withoutSecrets } from './without-secrets.js';

const seed = randomSeed();
const secret = 'sesame-open-42';
const redact = redactor([{ name: 'key main', value: secret }]);

async function told(events: readonly ModelEvent[], error?: Error): Promise<ModelEvent[]> {
  const model = withoutSecrets(async function* () {
    yield* events;
    if (error) throw error;
  }, redact);
  const heard: ModelEvent[] = [];
  for await (const event of model({} as ModelRequest, new AbortController().signal)) heard.push(event);
  return heard;
}

const textOf = (events: readonly ModelEvent[]) =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('');
const pieces = (texts: readonly string[]): ModelEvent[] => texts.map((text) => ({ type: 'text', part: 'p', text }));

describe('E1: a model that knows a secret', () => {
  it(`tells none of it, however its text is cut (seed ${seed})`, async () => {
    const bit = fc.oneof(fc.constantFrom(secret, 'sesame-', 'open', '-42', 'ses'), fc.string({ maxLength: 5 }));
    const property = fc.asyncProperty(fc.array(bit), fc.boolean(), async (bits, isClosed) => {
      const events = [...pieces(bits), ...(isClosed ? [{ type: 'closed', part: 'p' } as const] : [])];
      expect(textOf(await told(events))).toBe(redact.text(bits.join('')));
    });
    await fc.assert(property, { seed });
  });

  it('tells none in a whole text, in a tool’s name, in what goes back to the provider, or in an error', async () => {
    const state = JSON.stringify({ anthropic: { signature: secret } });
    const events = await told([
      { type: 'opened', part: 'p', kind: 'tool_call', callId: 'c', name: secret },
      { type: 'closed', part: 'p', text: JSON.stringify({ command: secret }), providerState: state },
      { type: 'finished', reason: 'stop' },
    ]);
    expect(events).toHaveLength(3);
    expect(JSON.stringify(events)).not.toContain(secret);
    const error = new ModelError(`bad key ${secret}`, { reason: 'unauthorised', httpStatus: 401, retryAfterMs: 5 });
    const words = { message: 'bad key [redacted key main]', reason: 'unauthorised', httpStatus: 401, retryAfterMs: 5 };
    await expect(told([], error)).rejects.toMatchObject(words);
  });
});
