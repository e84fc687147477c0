/** H6: budgets are set from the web app, in the same file that a person edits. */
import type { Budgets, PutBudgets } from '@taffrail/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsServer } from './server-for-tests.js';

const mine = `# a note to myself
[budgets] # what I can afford
session = { money = 5.0 } # each
warn = 0.5

[[keys]]
id = "main"
provider = "openai"
env = "MAIN_KEY"
`;

let server: SettingsServer;
beforeEach(async () => {
  server = await SettingsServer.open(mine, { MAIN_KEY: 'sk-main-0123456789' });
});
afterEach(() => server.close());

const budgets = () => server.read<Budgets>('/budgets');
const session = { scope: 'session', measure: 'money', limit: 5_000_000, per: null } as const;
const day = { scope: 'day', measure: 'tokens', limit: 2_000_000, per: 'day' } as const;
const project = (measure: 'tokens' | 'money', per: 'day' | 'month' | 'all') =>
  ({ scope: 'project', measure, limit: 9_000_000, per }) as const;
const rules = { warn: 0.5, unpriced: 'stop', unreported: 'stop' } as const;

async function put(change: Partial<PutBudgets>): Promise<Budgets> {
  await server.ordered('PUT', '/settings/budgets', { set: [session], ...rules, ...change });
  return budgets();
}

describe('budgets', () => {
  it('H6: are added, changed and removed, are in force at once, and leave what a person wrote', async () => {
    const added = await put({ set: [session, day, project('money', 'month')] });
    expect(added.set).toEqual([session, day, project('money', 'month')]);
    expect(added.budgets).toMatchObject([{ scope: 'day', limit: 2_000_000, spent: 0 }]);
    expect(server.file('config.toml')).toContain('session = { money = 5.0 } # each\nwarn = 0.5\n');
    const changed = await put({ set: [{ ...session, limit: 7_250_000 }, day], warn: 0.75, unpriced: 'allow' });
    expect(changed).toMatchObject({ set: [{ limit: 7_250_000 }, day], warn: 0.75, unpriced: 'allow' });
    expect(server.file('config.toml')).toContain('session = { money = 7.25 } # each\nwarn = 0.75\nunpriced = "allow"');
    const bare = await put({ set: [], warn: 0.75, unpriced: 'allow' });
    expect([bare.set, bare.budgets]).toEqual([[], []]);
    expect(server.file('config.toml')).toMatch(/^# a note to myself\n\[budgets\] # what I can afford\nwarn = 0.75/);
    expect(server.file('config.toml')).toContain('[[keys]]\nid = "main"');
  });

  it('H6: that cannot be are refused with a sentence, and nothing is written', async () => {
    const tries: [object, RegExp][] = [
      [{ set: [{ ...session, limit: 0 }] }, /^set\.0\.limit: /],
      [{ set: [{ ...session, limit: 0.5 }] }, /^set\.0\.limit: /],
      [{ set: [session, { ...session, limit: 9 }] }, /one budget at most for each scope and measure/],
      [{ set: [project('money', 'day'), project('tokens', 'all')] }, /begin anew together/],
      [{ set: [{ ...session, scope: 'year' }] }, /^set\.0\.scope: /],
      [{ warn: 0 }, /^warn: more than 0/],
      [{ warn: 1.5 }, /^warn: at most 1/],
      [{ unpriced: 'perhaps' }, /^unpriced: /],
    ];
    for (const [change, why] of tries)
      expect(await server.refused('PUT', '/settings/budgets', { set: [session], ...rules, ...change })).toEqual([
        400,
        expect.stringMatching(why),
      ]);
    expect(server.file('config.toml')).toBe(mine);
  });

  it('H6: are not changed by who has seen others', async () => {
    const { revision } = await budgets();
    await put({ set: [session, day] });
    expect(await server.refused('PUT', '/settings/budgets', { set: [session], ...rules, revision })).toEqual([
      409,
      expect.stringContaining('changed in config.toml meanwhile'),
    ]);
    expect((await budgets()).set).toEqual([session, day]);
  });

  it('H6: that a person wrote in one line are changed by hand', async () => {
    server.write('budgets = { session = { money = 5.0 }, warn = 0.5 }\n');
    const [status, why] = await server.refused('PUT', '/settings/budgets', { set: [session, day], ...rules });
    expect([status, why]).toEqual([409, expect.stringMatching(/cannot be changed from here.*Change it by hand/)]);
  });
});

describe('what is marked', () => {
  it('H6: an open session says that a budget is nearly spent, and that it is, in words', async () => {
    const { models } = server;
    await server.ordered('POST', '/settings/keys', {
      id: 'fake',
      provider: 'anthropic',
      baseUrl: models.url,
      secret: 'sk-fake-0123456789',
    });
    await server.ordered('PUT', '/settings/agents/default', { models: ['fake/big'], tools: [] });
    await put({ set: [{ scope: 'session', measure: 'tokens', limit: 1_000, per: null }] });
    await server.session('calm');
    await server.session('spender');
    const spends = (inputTokens: number) => ({ parts: [{ text: 'Spent.' }], usage: { inputTokens, outputTokens: 0 } });
    models.script('spend', [spends(600), spends(600)]);
    await server.ask('spender', 'spend');
    await server.status('spender', 'idle');
    expect((await budgets()).open).toEqual([
      { sessionId: 'spender', verdict: 'warn', texts: [expect.stringContaining('is 60% spent')] },
    ]);
    await server.ask('spender', 'again');
    await server.status('spender', 'idle');
    expect((await budgets()).open).toEqual([
      { sessionId: 'spender', verdict: 'stop', texts: [expect.stringContaining('is spent: 1,200 tokens')] },
    ]);
    await server.order('DELETE', '/sessions/spender', {});
    expect((await budgets()).open).toEqual([]);
  });
});
