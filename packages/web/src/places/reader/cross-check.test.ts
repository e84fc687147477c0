/** The agent's own total against the sum of its requests, in words. */
import type { CrossCheck } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { crossCheckSentence } from './cross-check.js';

const alone = { forkedFrom: null, childCount: 0 };
const check = (over: Partial<CrossCheck>): CrossCheck => ({
  source: 'result',
  includesInherited: false,
  includesSubAgents: false,
  inputTokens: null,
  outputTokens: 1665,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: null,
  at: '2026-11-20T10:00:00.000Z',
  difference: { inputTokens: null, outputTokens: 394 },
  ...over,
});

describe('a cross-check', () => {
  it('says what was not recorded one by one', () => {
    expect(crossCheckSentence(check({}), alone)).toBe(
      'The log says 1,665 output tokens, its requests 1,271: 394 were not recorded one by one. (result)',
    );
  });

  it('says nothing where both agree or one side is unknown', () => {
    expect(crossCheckSentence(check({ difference: { inputTokens: null, outputTokens: 0 } }), alone)).toBeNull();
    expect(crossCheckSentence(check({ difference: { inputTokens: null, outputTokens: null } }), alone)).toBeNull();
  });

  it('says when the agent’s total is the smaller one', () => {
    const smaller = check({ outputTokens: 1000, difference: { inputTokens: null, outputTokens: -271 } });
    expect(crossCheckSentence(smaller, alone)).toContain('its requests 1,271: its total leaves 271 out.');
  });

  it('names whose tokens else the total may hold, where there is anyone', () => {
    const wide = check({ includesInherited: true, includesSubAgents: true });
    expect(crossCheckSentence(wide, { forkedFrom: 'x', childCount: 2 })).toContain(
      '394 are from the session it was copied from or its sub-agents’, or were not recorded one by one.',
    );
    expect(crossCheckSentence(wide, alone)).toContain('394 were not recorded one by one.');
  });
});
