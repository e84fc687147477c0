/** config.toml has two who write it, a person and the server: neither loses what the other wrote. */
import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Choices, SessionSummary } from '@taffrail/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigFile } from './config-file.js';
import { SettingsServer, until } from './server-for-tests.js';

const mine = `# a note to myself
colour = "mauve"

[[keys]]
id = "main" # the first
provider = "openai"
env = "MAIN_KEY"
`;

let server: SettingsServer;
beforeEach(async () => {
  server = await SettingsServer.open(mine, { MAIN_KEY: 'sk-main-0123456789' });
});
afterEach(() => server.close());

/** As editors do that write beside and rename. */
function replaceConfig(text: string): void {
  writeFileSync(`${server.configPath}.swp`, text);
  renameSync(`${server.configPath}.swp`, server.configPath);
}

const agent = { models: ['main/gpt-5'], tools: ['read', 'run_command'] };
const agentsOf = async () => (await server.read<Choices>('/choices')).agents.map(({ name }) => name);

describe('a person edits config.toml while the server runs', () => {
  it('A3: and it is taken up without anybody asking: who waits for a key goes on', async () => {
    server.models.limit('sk-main-0123456789', { status: 401 });
    server.write(mine.replace('env = "MAIN_KEY"', `env = "MAIN_KEY"\nbase_url = "${server.models.url}"`));
    await until(
      () => server.settings(),
      ({ keys }) => keys[0]?.baseUrl !== null,
    );
    await server.session('waits', 'main/gpt-5');
    await server.ask('waits', 'go on then');
    expect((await server.status('waits', 'waiting')).status).toBe('waiting');
    server.write(mine.replace('env = "MAIN_KEY"', `base_url = "${server.models.url}"`));
    // Only the session is asked about: nothing but the file's own change lets it go on.
    expect((await server.status('waits', 'idle')).status).toBe('idle');
    expect((await server.texts('waits')).at(-1)).toBe('echo: go on then');
  });

  it('A3: and puts another file in its place, or takes it away for a while: each is heard of', async () => {
    const naming = (model: string) => `${mine}[[agents]]\nname = "x"\nmodels = ["main/${model}"]\n`;
    let count = 0;
    // Sessions begin with the model of the agent that is in force; nobody asks for the settings.
    const begun = () => {
      count += 1;
      return server.session(`begun-${count}`).then(() => server.read<SessionSummary>(`/sessions/begun-${count}`));
    };
    const heard = async (model: string) =>
      expect((await until(begun, (session) => session.model === model)).model).toBe(model);
    for (const model of ['first', 'second']) {
      replaceConfig(naming(model));
      await heard(`main/${model}`);
    }
    rmSync(server.configPath);
    await heard('demo/demo');
    server.write(naming('third'));
    await heard('main/third');
  });

  it('A3: and breaks it: what was in force stays, it is said what is wrong, and nothing is written over it', async () => {
    await server.ordered('POST', '/settings/agents', { name: 'careful', ...agent });
    const broken = `${server.file('config.toml')}[[agents]\n`;
    server.write(broken);
    const settings = await server.settings();
    expect(settings.problem).toMatch(/config\.toml is not TOML/);
    expect(await agentsOf()).toEqual(['careful']);
    for (const [method, path, body] of [
      ['POST', '/settings/agents', { name: 'another', ...agent }],
      ['PUT', '/settings/agents/careful', agent],
      ['DELETE', '/settings/agents/careful', {}],
      ['POST', '/settings/keys', { id: 'spare', provider: 'google', secret: 'AIza-spare-0123' }],
    ] as const) {
      expect(await server.refused(method, path, body)).toEqual([
        409,
        expect.stringMatching(/not TOML.*Mend that first/),
      ]);
    }
    expect(server.file('config.toml')).toBe(broken);
    server.write(broken.replace('[[agents]\n', ''));
    expect((await server.settings()).problem).toBeNull();
  });

  it('A3: and names a key that is not there: the sentence says which are', async () => {
    server.write(`${mine}[[agents]]\nname = "x"\nmodels = ["nobody/gpt-5"]\n`);
    expect((await server.settings()).problem).toMatch(/"nobody\/gpt-5" is not KEY\/MODEL .* main/);
    expect(await agentsOf()).toEqual(['default']);
  });

  it('A3: between look and save: the order is refused, and both can be seen', async () => {
    const seen = (await server.settings()).agents[0]?.revision;
    const byHand = `${mine}\n[[agents]]\nname = "default"\nmodels = ["main/by-hand"] # one more thought\n`;
    server.write(byHand);
    for (const [method, body] of [
      ['PUT', { ...agent, revision: seen }],
      ['DELETE', { revision: seen }],
    ] as const) {
      expect(await server.refused(method, '/settings/agents/default', body)).toEqual([
        409,
        expect.stringContaining('changed in config.toml meanwhile'),
      ]);
    }
    expect(server.file('config.toml')).toBe(byHand);
    const again = (await server.settings()).agents[0]?.revision;
    // What changes elsewhere in the file is no reason to refuse, and is kept.
    server.write(byHand.replace('mauve', 'ochre'));
    await server.ordered('PUT', '/settings/agents/default', { ...agent, revision: again });
    expect(server.file('config.toml')).toContain('ochre');
    expect(server.file('config.toml')).toContain('models = ["main/gpt-5"] # one more thought\n');
  });

  it('A3: may keep it elsewhere and link to it, and for others not to read', async () => {
    mkdirSync(join(server.folder, 'dotfiles'));
    const kept = join(server.folder, 'dotfiles/taffrail.toml');
    renameSync(server.configPath, kept);
    chmodSync(kept, 0o640);
    symlinkSync(kept, server.configPath);
    await server.ordered('PUT', '/settings/agents/default', agent);
    expect(lstatSync(server.configPath).isSymbolicLink()).toBe(true);
    expect(lstatSync(kept).mode & 0o777).toBe(0o640);
    writeFileSync(kept, mine);
    // No change in the data folder tells of it: it is seen when somebody asks.
    expect((await server.settings()).agents[0]?.isConfigured).toBe(false);
  });
});

describe('an agent', () => {
  it('E4: is written beside what a person wrote, changed in its place, and removed with nothing else', async () => {
    const added = await server.ordered('POST', '/settings/agents', {
      name: 'careful one',
      ...agent,
      check: 'npm test',
      effort: 'high',
      permissions: { run_command: { 'npm test': 'allow', 'say "hi" #now': 'deny' }, read: 'ask' },
    });
    expect(added.agents).toEqual([
      {
        name: 'careful one',
        models: ['main/gpt-5'],
        tools: ['read', 'run_command'],
        check: 'npm test',
        effort: 'high',
        permissions: { run_command: { 'npm test': 'allow', 'say "hi" #now': 'deny' }, read: 'ask' },
        isConfigured: true,
        revision: expect.any(String),
      },
    ]);
    expect(server.file('config.toml').startsWith(mine)).toBe(true);
    const path = `/settings/agents/${encodeURIComponent('careful one')}`;
    const { agents } = await server.ordered('PUT', path, { ...agent, models: ['main/gpt-5', 'demo/demo'] });
    expect(agents[0]).toMatchObject({
      models: ['main/gpt-5', 'demo/demo'],
      check: null,
      effort: null,
      permissions: {},
    });
    await server.ordered('DELETE', path);
    expect(server.file('config.toml').trim()).toBe(mine.trim());
  });

  it('E4: that cannot be is refused with a sentence, and nothing is written', async () => {
    const tries: [object, RegExp][] = [
      [{ name: '' }, /^name: /],
      [{ name: 'a\nb' }, /^name: /],
      [{ models: [] }, /^models: /],
      [{ models: ['main'] }, /KEY\/MODEL/],
      [{ models: ['nobody/x'] }, /nobody\/x.*Nothing was changed/],
      [{ tools: ['fly'] }, /no tool fly/],
      [{ check: 'a\nb' }, /^check: /],
      [{ permissions: { read: 'perhaps' } }, /^permissions/],
      [{ permissions: { 'a b': 'allow' } }, /^permissions/],
      [{ permissions: { run_command: { 'a\nb': 'allow' } } }, /^permissions/],
    ];
    for (const [more, why] of tries)
      expect(await server.refused('POST', '/settings/agents', { name: 'new', ...agent, ...more })).toEqual([
        400,
        expect.stringMatching(why),
      ]);
    expect(await server.refused('PUT', '/settings/agents/nobody', agent)).toEqual([404, 'There is no agent nobody.']);
    expect(server.file('config.toml')).toBe(mine);
  });

  it('E4: is asked by its new rules at once, also in a turn that runs', async () => {
    const { models } = server;
    await server.ordered('POST', '/settings/keys', {
      id: 'fake',
      provider: 'anthropic',
      baseUrl: models.url,
      secret: 'sk-fake-0123456789',
    });
    const lax = { models: ['fake/big'], tools: ['write'] };
    await server.ordered('PUT', '/settings/agents/default', lax);
    const write = (path: string) => ({ toolCall: { name: 'write', input: { path, content: 'x' } } });
    models.script('write twice', [
      { parts: [write('first.txt')] },
      { parts: [write('second.txt')], gates: [{ at: 'start', name: 'between' }] },
      { parts: [{ text: 'Done.' }] },
    ]);
    await server.session('writes');
    await server.ask('writes', 'write twice');
    await models.gate('between').reached;
    await server.ordered('PUT', '/settings/agents/default', { ...lax, permissions: { write: { 'second*': 'deny' } } });
    models.gate('between').open();
    await until(
      () => server.texts('writes'),
      (texts) => texts.at(-1) === 'Done.',
    );
    const written = (name: string) => lstatSync(join(server.project, name), { throwIfNoEntry: false }) !== undefined;
    expect([written('first.txt'), written('second.txt')]).toEqual([true, false]);
  });

  it('E5: thinks as hard as it is told where the session does not say', async () => {
    const { models } = server;
    await server.ordered('POST', '/settings/keys', {
      id: 'fake',
      provider: 'anthropic',
      baseUrl: models.url,
      secret: 'sk-fake-0123456789',
    });
    await server.ordered('PUT', '/settings/agents/default', { models: ['fake/big'], tools: [], effort: 'low' });
    await server.session('thinks');
    await server.ask('thinks', 'think');
    await until(
      () => server.texts('thinks'),
      (texts) => texts.length === 2,
    );
    expect(models.served[0]?.body).toMatchObject({ thinking: { type: 'enabled' } });
  });
});

describe('the file', () => {
  it('A3: is not replaced where it is no longer what was read', () => {
    const file = new ConfigFile(server.configPath);
    expect(() => file.replace(`${mine}# as it was\n`, 'lost')).toThrow(/changed meanwhile/);
    expect(server.file('config.toml')).toBe(mine);
    file.replace(mine, `${mine}# more\n`);
    expect(server.file('config.toml')).toBe(`${mine}# more\n`);
    expect(readdirSync(join(server.folder, 'data')).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('A3: that cannot be written says so', () => {
    const file = new ConfigFile(join(server.folder, 'nowhere/config.toml'));
    expect(() => file.replace('', 'x')).toThrow(/cannot be written: ENOENT/);
  });
});
