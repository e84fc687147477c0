/** Which keys rest, for how long, and who is asked instead. */
import { describe, expect, it } from 'vitest';
import { KeyRing } from './keys.js';
import { ModelError } from './models/contract.js';

const first = { keyId: 'k1', model: 'a' };
const sibling = { keyId: 'k1', model: 'b' };
const second = { keyId: 'k2', model: 'a' };
const error = (reason: ModelError['reason'], retryAfterMs: number | null = null) =>
  new ModelError('words', { reason, httpStatus: null, retryAfterMs });

describe('A3: the keys', () => {
  it('are asked in the order of the list', () => {
    expect(new KeyRing().choose([first, second], 0)).toEqual({ model: first });
  });

  it.each(['rate_limited', 'overloaded', 'unavailable'] as const)(
    'rest for a model that is %s, until its time',
    (reason) => {
      const ring = new KeyRing();
      ring.exhaust(first, error(reason, 5_000), 1_000);
      expect(ring.choose([first, second], 5_999)).toEqual({ model: second });
      expect(ring.choose([first, sibling], 5_999)).toEqual({ model: sibling });
      expect(ring.choose([first, second], 6_000)).toEqual({ model: first });
    },
  );

  it.each(['unauthorised', 'out_of_credit'] as const)('rest with all their models when they are %s', (reason) => {
    const ring = new KeyRing();
    ring.exhaust(first, error(reason), 0);
    expect(ring.choose([first, sibling, second], 1)).toEqual({ model: second });
    expect(ring.restingUntil(sibling, 1)).toBe(600_000);
  });

  it.each(['refused', 'broken_off'] as const)('do not rest when an answer is %s', (reason) => {
    const ring = new KeyRing();
    ring.exhaust(first, error(reason), 0);
    expect(ring.choose([first], 0)).toEqual({ model: first });
  });

  it('say when the first of them is back, and why none is there', () => {
    const ring = new KeyRing();
    ring.exhaust(first, error('rate_limited', 9_000), 0);
    ring.exhaust(second, error('overloaded', 3_000), 0);
    expect(ring.choose([first, second], 0)).toMatchObject({ until: 3_000, reason: 'k2/a: words' });
    expect(ring.choose([], 0)).toMatchObject({ until: null });
  });

  it('rest a little longer each time, whatever the provider says, until they answer', () => {
    const ring = new KeyRing();
    const rests = [0, 0, 0].map((now) => {
      ring.exhaust(first, error('rate_limited', 0), now);
      return ring.restingUntil(first, now);
    });
    expect(rests).toEqual([125, 250, 500]);
    ring.answered(first);
    ring.exhaust(first, error('rate_limited', 0), 0);
    expect(ring.restingUntil(first, 0)).toBe(125);
  });

  it('are all tried again when they have changed, and whoever waits is told until it listens no more', () => {
    const ring = new KeyRing();
    let told = 0;
    ring.exhaust(first, error('unauthorised'), 0);
    const forget = ring.onRefresh(() => (told += 1));
    ring.refresh();
    forget();
    ring.refresh();
    expect([told, ring.restingUntil(first, 1)]).toEqual([1, null]);
  });
});
