/** Changing config.toml by parts: what a person wrote stays, and what cannot be changed that way is not. */
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { TomlEditError, type TomlValue, withElement, withFields, withoutElement } from './toml-edit.js';

const text = `# mine, keep it
allowed_hosts = ["box.local"] # at home

# the one I pay for
[[keys]]
id = "main" # short
provider = "anthropic"
note = '''
[[keys]] is not a header here
'''

[prices."a [model]"]
input = 0.3

# the careful one
[[agents]]
name = "default"
models = [
  "main/one", # best
  "main/two",
]
mine = 1979-05-27T07:32:00Z
[agents.permissions]
read = "allow"
# never without me
[agents.permissions.run_command]
"npm test" = "allow"
"*" = "ask"

# the last
[[agents]]
name = "second"
models = ["main/one"]
permissions = { read = "deny" }
`;

const agents = (index: number) => ({ array: 'agents', index });

describe('config.toml', () => {
  it('E4: keeps every line that a change does not mean', () => {
    const next = withFields(text, agents(0), { models: ['main/two'], check: 'npm test' });
    const [before, after] = [text.split('\n'), next.split('\n')];
    expect(after.filter((line) => !before.includes(line))).toEqual(['models = ["main/two"]', 'check = "npm test"']);
    expect(before.filter((line) => !after.includes(line))).toEqual([
      'models = [',
      '  "main/one", # best',
      '  "main/two",',
      ']',
    ]);
  });

  it('E4: changes one rule of a table and leaves its comments', () => {
    const next = withFields(text, agents(0), {
      permissions: { read: 'ask', run_command: { 'npm test': 'allow', '*': 'ask' }, write: { 'src/*': 'deny' } },
    });
    expect(next).toContain(
      'read = "ask"\nwrite = { "src/*" = "deny" }\n# never without me\n[agents.permissions.run_command]',
    );
    expect(next.replace('read = "ask"\nwrite = { "src/*" = "deny" }', 'read = "allow"')).toBe(text);
  });

  it('E4: takes tables of rules out, in whichever way they are written', () => {
    const bare = withFields(text, agents(0), { permissions: undefined });
    expect(bare).not.toContain('npm test');
    expect(bare).toContain('# the last');
    expect(withFields(bare, agents(1), { permissions: { read: { '*.pem': 'deny' } } })).toContain(
      'permissions = { read = { "*.pem" = "deny" } }',
    );
  });

  it('A3: adds a key below the other keys, and takes it out again', () => {
    const next = withElement(text, 'keys', { id: 'spare', provider: 'openai' });
    expect(next).toContain('\'\'\'\n\n[[keys]]\nid = "spare"\nprovider = "openai"\n\n[prices');
    expect(withoutElement(next, 'keys', 1)).toBe(text);
  });

  it('A3: takes a key out with its own comment and nothing else', () => {
    const next = withoutElement(text, 'keys', 0);
    expect(next).not.toContain('the one I pay for');
    expect(next).toContain('# mine, keep it\nallowed_hosts = ["box.local"] # at home\n');
    expect(parse(next)).not.toHaveProperty('keys');
  });

  it('A3: begins a file where there is none, and keeps the line ends of one that has others', () => {
    expect(withElement('', 'keys', { id: 'a' })).toBe('[[keys]]\nid = "a"\n');
    const windows = withElement('# mine\r\n[[keys]]\r\nid = "a"\r\n', 'keys', { id: 'b' });
    expect(windows).toBe('# mine\r\n[[keys]]\r\nid = "a"\r\n\r\n[[keys]]\r\nid = "b"\r\n');
    expect(withFields('[[keys]]\nid = "a"', { array: 'keys', index: 0 }, { env: 'X' })).toBe(
      '[[keys]]\nid = "a"\nenv = "X"\n',
    );
  });

  it('A3: is not changed where it is written in a way that parts of it cannot be', () => {
    const inline = 'keys = [{ id = "main", provider = "openai" }]\n';
    expect(() => withElement(inline, 'keys', { id: 'spare' })).toThrow(TomlEditError);
    expect(() => withoutElement(inline, 'keys', 0)).toThrow(TomlEditError);
    expect(() => withFields(inline, { array: 'keys', index: 0 }, { provider: 'google' })).toThrow(TomlEditError);
  });

  const budgets = { array: 'budgets', index: null };

  it('H6: sets fields of a table, whichever way it is written, and leaves the rest', () => {
    expect(withFields('# mine\n', budgets, { session: { money: 5 } })).toBe(
      '# mine\n\n[budgets]\n[budgets.session]\nmoney = 5\n',
    );
    const written = '[budgets] # mine\nwarn = 0.5 # early\nsession = { money = 5.0 } # each\n\n[[keys]]\nid = "a"\n';
    expect(withFields(written, budgets, { session: { money: 7.5, tokens: 100 } })).toBe(
      written.replace('{ money = 5.0 }', '{ money = 7.5, tokens = 100 }'),
    );
    expect(withFields(written, budgets, { session: undefined, warn: 0.5 })).toBe(
      written.replace('session = { money = 5.0 } # each\n', ''),
    );
    const below = '[[agents]]\nname = "x"\n\n[budgets.day]\n# a day\ntokens = 10\n';
    expect(withFields(below, budgets, { day: { tokens: 20 } })).toBe(`${below.replace('10', '20')}\n[budgets]\n`);
    expect(parse(withFields(below, budgets, { day: undefined, warn: 0.9 }))).toMatchObject({ budgets: { warn: 0.9 } });
  });

  it('H6: leaves a table alone that is written in one line', () => {
    for (const inline of ['budgets = { warn = 0.5 }\n', 'budgets.warn = 0.5\n'])
      expect(() => withFields(inline, budgets, { unpriced: 'allow' })).toThrow(TomlEditError);
  });

  it('E4: takes patterns for what they are, also where every object has something of that name', () => {
    const first = withFields(text, agents(0), { permissions: { constructor: 'ask', a: 'ask' } });
    const second = withFields(first, agents(0), { permissions: { a: 'ask', toString: 'deny' } });
    expect(first).toContain('constructor = "ask"');
    expect(second).toContain('toString = "deny"');
    expect(second).not.toContain('constructor');
  });

  it('E4: means after a change what was ordered, whatever the texts are', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.boolean(), fc.array(fc.string(), { maxLength: 3 }));
    const key = fc.string({ minLength: 1, unit: 'grapheme' }).filter((name) => name !== '__proto__');
    const table = fc.dictionary(key, value, { minKeys: 1, maxKeys: 4 });
    fc.assert(
      fc.property(table, table, fc.nat(1), (first, second, index) => {
        const once = withFields(text, agents(index), { permissions: first as Record<string, TomlValue> });
        const twice = withFields(once, agents(index), { permissions: second as Record<string, TomlValue> });
        const read = parse(twice) as { agents: { permissions: unknown }[] };
        expect(JSON.parse(JSON.stringify(read.agents[index]?.permissions))).toEqual(JSON.parse(JSON.stringify(second)));
        expect(twice).toContain('# mine, keep it');
      }),
      { numRuns: 60 },
    );
  });
});
