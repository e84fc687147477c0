/** Prices and telemetry are read anew when config.toml changes, like all else in it. */
import type { SessionSummary, SessionUsage, Usage } from '@taffrail/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestCollector, told } from '../telemetry/collector-for-tests.js';
import { SettingsServer, until } from './server-for-tests.js';

let server: SettingsServer;
let collector: TestCollector;
beforeEach(async () => {
  server = await SettingsServer.open('', { FAKE_KEY: 'sk-fake-0123456789' });
  collector = await new TestCollector().open();
});
afterEach(async () => {
  await server.close();
  await collector.close();
});

const write = (more: string) =>
  server.write(`[[keys]]
id = "fake"
provider = "anthropic"
base_url = "${server.models.url}"
env = "FAKE_KEY"

[[agents]]
name = "default"
models = ["fake/big"]
tools = ["list"]
${more}`);

const settled = async (more: string) => {
  write(more);
  await server.settings();
};
/** Waits until the turn is over, and this its last word. */
const said = async (id: string, text: string) => {
  await until(
    () => server.read<SessionSummary>(`/sessions/${id}`),
    ({ status }) => status !== 'running',
  );
  const texts = await until(
    () => server.texts(id),
    (all) => all.at(-1)?.includes(text) ?? false,
  );
  expect(texts.at(-1)).toContain(text);
};
const spends = (inputTokens: number) => ({ parts: [{ text: 'Done.' }], usage: { inputTokens, outputTokens: 0 } });
const cost = async () => (await server.read<SessionUsage>('/sessions/work/usage')).usage?.costMicros;
const costOfAll = async () =>
  (await server.read<{ total: { usage: Usage | null } }>('/analytics/models?metric=cost')).total.usage?.costMicros;

describe('prices in config.toml', () => {
  it('H6: that come while the server runs let a session go on which they held, and price what was used before', async () => {
    const budget = '[budgets]\nsession = { money = 1.0 }\n';
    await settled(`${budget}unpriced = "allow"\n`);
    server.models.script('work', [spends(100_000), spends(100_000)]);
    await server.session('work');
    await server.ask('work', 'work');
    await said('work', 'Done.');
    expect([await cost(), await costOfAll()]).toEqual([null, null]);
    await settled(budget);
    await server.ask('work', 'go on');
    await said('work', 'big has no known price');
    await settled(`${budget}[prices.big]\ninput = 3.0\noutput = 3.0\n`);
    expect([await cost(), await costOfAll()]).toEqual([300_000, 300_000]);
    await server.ordered('POST', '/sessions/work/resume', {});
    await said('work', 'Done.');
    expect(await cost()).toBe(600_000);
    await settled(`${budget}[prices.big]\ninput = 6.0\noutput = 3.0\n`);
    expect([await cost(), await costOfAll()]).toEqual([1_200_000, 1_200_000]);
    await server.ask('work', 'and on');
    await said('work', 'is spent: $1.20 so far');
    expect(server.models.served).toHaveLength(2);
  });
});

describe('telemetry in config.toml', () => {
  it('D-beyond: a collector that it names while the server runs hears what ends from then on, and no longer when it is taken out', async () => {
    await settled('');
    server.models.script('', [spends(1), spends(2), spends(3)], { atEnd: 'repeat' });
    await server.session('work');
    const asked = async (figure: string) => {
      await server.ask('work', 'say it');
      await until(
        () => server.read<{ requests: { inputTokens: number }[] }>('/sessions/work/usage'),
        ({ requests }) => requests.length === Number(figure),
      );
      await server.status('work', 'idle');
    };
    const heard = () => collector.spans().flatMap((span) => told(span)['gen_ai.usage.input_tokens'] ?? []);
    await asked('1');
    await settled(`[telemetry]\nendpoint = "${collector.url}"\n`);
    await asked('2');
    await until(
      async () => heard(),
      (figures) => figures.length > 0,
    );
    await settled('');
    await asked('3');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(heard()).toEqual(['2']);
  });
});
