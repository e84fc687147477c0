/** H6: the rule of budgets: what is known to be spent stops, what cannot be counted is never passed over. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Budget, judge, type NextRequest, type Spent } from './budget.js';

const budget: Budget = {
  scope: 'day',
  measure: 'money',
  limit: 2_000_000,
  warn: 0.8,
  period: '2026-11-20',
  unpriced: 'stop',
  unreported: 'stop',
};
const spent: Spent = { tokens: 0, costMicros: 0, requests: 0, withoutTokens: 0, withoutPrice: 0 };
const next: NextRequest = { model: 'model-a', hasPrice: true, tellsTokens: true, isInsisted: false };

describe('a budget', () => {
  it('H6: allows below its share, warns from there on, and stops from its limit on', () => {
    const kinds = [1_599_999, 1_600_000, 1_999_999, 2_000_000].map(
      (costMicros) => judge(budget, { ...spent, requests: 1, costMicros }, next).kind,
    );
    expect(kinds).toEqual(['ok', 'warn', 'warn', 'stop']);
  });

  it('H6: says what it is, what was spent, and what to do', () => {
    expect(judge(budget, { ...spent, requests: 1, costMicros: 2_010_000 }, next)).toEqual({
      kind: 'stop',
      text: 'Today’s budget of $2.00 is spent: $2.01 so far. No request was sent. Raise it in Settings, or day.money under [budgets] in config.toml, and resume, or wait until midnight.',
    });
  });

  it('H6: says in a sentence why a model is not asked, and each way to go on', () => {
    expect(judge(budget, spent, { ...next, tellsTokens: false })).toEqual({
      kind: 'stop',
      text: 'The model model-a did not tell how many tokens its last answer took, so that today’s budget of $2.00 cannot hold it. Resume to ask it once more, which does not count if it is silent again; choose another model; or have such models asked: in Settings, or by unreported = "allow" under [budgets] in config.toml.',
    });
    expect(judge(budget, spent, { ...next, hasPrice: false })).toEqual({
      kind: 'stop',
      text: 'The model model-a has no known price, so that today’s budget of $2.00 cannot hold it. Give it a price under [prices."model-a"] in config.toml, choose another model, or have such models asked: in Settings, or by unpriced = "allow" under [budgets]; then resume.',
    });
  });

  it('H6: of money is no limit to tokens, and of tokens none to money', () => {
    const much = { ...spent, requests: 1, tokens: 10 ** 9, costMicros: 0 };
    expect(judge(budget, much, next).kind).toBe('ok');
    expect(judge({ ...budget, measure: 'tokens' }, much, next).kind).toBe('stop');
  });

  it('H6: of money stops a model that has no price; of tokens does not ask for one', () => {
    const unpriced = { ...next, hasPrice: false };
    expect(judge(budget, spent, unpriced).kind).toBe('stop');
    expect(judge({ ...budget, measure: 'tokens' }, spent, unpriced).kind).toBe('ok');
    expect(judge({ ...budget, unpriced: 'allow' }, spent, unpriced).kind).toBe('warn');
  });

  it.each(['tokens', 'money'] as const)('H6: of %s stops a model that does not tell its tokens', (measure) => {
    const silent = { ...next, tellsTokens: false };
    expect(judge({ ...budget, measure }, spent, silent).kind).toBe('stop');
    expect(judge({ ...budget, measure, unreported: 'allow' }, spent, silent).kind).toBe('warn');
    expect(judge({ ...budget, measure }, spent, { ...silent, isInsisted: true }).kind).toBe('warn');
  });

  it('H6: never says that all is well while a request is missing from it', () => {
    const figures = fc.record({
      costMicros: fc.option(fc.nat(3_000_000)),
      tokens: fc.option(fc.nat(3_000_000)),
      missing: fc.integer({ min: 1, max: 5 }),
      measure: fc.constantFrom('tokens' as const, 'money' as const),
    });
    fc.assert(
      fc.property(figures, ({ costMicros, tokens, missing, measure }) => {
        const some = { tokens, costMicros, requests: 9, withoutTokens: missing, withoutPrice: missing };
        expect(judge({ ...budget, measure }, some, next).kind).not.toBe('ok');
      }),
    );
  });
});
