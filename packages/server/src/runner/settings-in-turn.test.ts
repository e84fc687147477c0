/** Settings that are replaced while a turn runs: what of them counts at once. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config.js';
import { agentNow, RunSettings } from './settings.js';
import { SettingsInTurn } from './settings-in-turn.js';

const config = (models: string, rules: string) => `
[[keys]]
id = "first"
provider = "openai"
env = "FIRST"
[[keys]]
id = "second"
provider = "openai"
env = "SECOND"
[[agents]]
name = "x"
models = ${models}
permissions = { write = "${rules}" }
`;

const settingsOf = (text: string, env: NodeJS.ProcessEnv = {}) =>
  new RunSettings(parseConfig(text, 'config.toml'), env);

function inTurn(settings: RunSettings, env: NodeJS.ProcessEnv = {}) {
  const place = { settings };
  const current = () => place.settings;
  const chosen = { agent: agentNow(current, 'x'), model: 'first/chosen' };
  return { place, taken: new SettingsInTurn(current, { env, dataDir: '/data' }, chosen) };
}

const names = (taken: SettingsInTurn) => taken.models.map(({ keyId, model }) => `${keyId}/${model}`);

describe('a turn whose settings are replaced', () => {
  it('A3: has the models that its agent has now, the one that was chosen for it first', () => {
    const { place, taken } = inTurn(settingsOf(config('["first/a"]', 'allow')));
    expect(names(taken)).toEqual(['first/chosen', 'first/a']);
    place.settings = settingsOf(config('["second/b", "first/a"]', 'allow'));
    expect(names(taken)).toEqual(['first/chosen', 'second/b', 'first/a']);
  });

  it('E4: keeps the rules of an agent that is taken away, rather than have another one’s', () => {
    const { place, taken } = inTurn(settingsOf(config('["first/a"]', 'deny')));
    place.settings = settingsOf(config('["first/a"]', 'ask'));
    expect(taken.agent.permissions).toEqual({ write: 'ask' });
    place.settings = settingsOf(config('["first/a"]', 'allow').replace('"x"', '"y"'));
    expect(taken.agent.permissions).toEqual({ write: 'ask' });
  });

  it('E1: cuts a new secret out of a stream that has begun, also where it began before', () => {
    const env = { FIRST: 'sk-later-aaaa-0123' };
    const { place, taken } = inTurn(settingsOf(config('["first/a"]', 'allow'), env));
    const stream = taken.redactor.stream();
    const shown = [stream.push('it is sk-later-')];
    place.settings = settingsOf(config('["first/a"]', 'allow'), { ...env, SECOND: 'sk-later-bbbb-0123' });
    shown.push(stream.push('bbbb-0123 and sk-later-'), stream.push('aaaa-0123'), stream.end());
    expect(shown.join('')).toBe('it is [redacted key second] and [redacted key first]');
    expect(taken.redactor.text('sk-later-bbbb-0123')).toBe('[redacted key second]');
  });

  it('E1: gives programs no variable that holds what is a secret now', () => {
    const env = { HARMLESS: 'x sk-second-0123 y' };
    const { place, taken } = inTurn(settingsOf(config('["first/a"]', 'allow')), env);
    expect(taken.env).toMatchObject(env);
    place.settings = settingsOf(config('["first/a"]', 'allow'), { SECOND: 'sk-second-0123' });
    expect(taken.env).not.toHaveProperty('HARMLESS');
  });
});
