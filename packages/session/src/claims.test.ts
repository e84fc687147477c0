/** What the agent's own running total says beyond what was recorded one by one. */
import type { UsageClaim } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { differenceOf } from './claims.js';
import { addRequest } from './totals.js';

const none = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  reasoningTokens: null,
};
const claim = (some: Partial<UsageClaim>): UsageClaim => ({
  source: 'total',
  includesInherited: false,
  includesSubAgents: false,
  ...none,
  ...some,
});
const totals = (inputTokens: number | null, outputTokens: number | null) =>
  addRequest(null, { ...none, inputTokens, outputTokens, model: null, at: 0, turnId: null });

type Sum = ReturnType<typeof totals> | null;
const recorded = (own: Sum, inherited: Sum, withSubAgents: Sum = own) => ({ own, inherited, withSubAgents });

describe('a running total beside the sum of requests', () => {
  it('says how much was not recorded one by one', () => {
    const difference = differenceOf(claim({ inputTokens: 1000, outputTokens: 665 }), recorded(totals(900, 371), null));
    expect(difference).toEqual({ inputTokens: 100, outputTokens: 294 });
  });

  it('is negative where more was recorded than claimed', () => {
    expect(differenceOf(claim({ inputTokens: 5 }), recorded(totals(9, 1), null)).inputTokens).toBe(-4);
  });

  it('says nothing about a figure it does not know', () => {
    expect(differenceOf(claim({ inputTokens: 5 }), recorded(totals(5, 7), null))).toEqual({
      inputTokens: 0,
      outputTokens: null,
    });
  });

  it('says nothing where a recorded request does not know the figure', () => {
    expect(
      differenceOf(claim({ inputTokens: 5, outputTokens: 5 }), recorded(totals(5, null), null)).outputTokens,
    ).toBeNull();
  });

  it('counts inherited requests as recorded only where it goes on from the parent’s', () => {
    const figures = { inputTokens: 30, outputTokens: 3 };
    expect(differenceOf(claim(figures), recorded(totals(10, 1), totals(20, 2)))).toEqual({
      inputTokens: 20,
      outputTokens: 2,
    });
    const goingOn = claim({ ...figures, includesInherited: true });
    expect(differenceOf(goingOn, recorded(totals(10, 1), totals(20, 2)))).toEqual({ inputTokens: 0, outputTokens: 0 });
  });

  it('counts sub-agents’ requests as recorded only where it counts them', () => {
    const figures = { inputTokens: 30, outputTokens: 3 };
    const own = recorded(totals(10, 1), null, totals(30, 3));
    expect(differenceOf(claim({ ...figures, includesSubAgents: true }), own)).toEqual({
      inputTokens: 0,
      outputTokens: 0,
    });
    expect(differenceOf(claim(figures), own)).toEqual({ inputTokens: 20, outputTokens: 2 });
  });

  it('of a session without any recorded request is all unrecorded', () => {
    expect(differenceOf(claim({ inputTokens: 7 }), recorded(null, null)).inputTokens).toBe(7);
  });
});
