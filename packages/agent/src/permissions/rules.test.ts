/** What is allowed, asked and denied. */
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matches } from './pattern.js';
import { alwaysPattern, decide, type Permissions, permissionsSchema, withPattern } from './rules.js';

const seed = randomSeed();
const command = (rules: Permissions, subject: string) => decide(rules, 'run_command', subject);

describe('E4: without a rule', () => {
  test.each(['read', 'list', 'glob', 'grep', 'tasks', 'write', 'edit'])('%s is allowed', (tool) => {
    expect(decide({}, tool, 'a.txt')).toBe('allow');
  });

  test.each(['run_command', 'unknown', 'constructor', '__proto__'])('%s is asked', (tool) => {
    expect(decide({}, tool, 'ls')).toBe('ask');
  });
});

describe('E4: rules', () => {
  test('one word settles a tool', () => {
    expect(command({ run_command: 'deny' }, 'ls')).toBe('deny');
    expect(decide({ read: 'ask' }, 'read', 'a')).toBe('ask');
  });

  test('of the patterns that match, the most specific wins', () => {
    const rules: Permissions = {
      run_command: { '*': 'ask', 'git *': 'allow', 'git push *': 'deny', 'git push origin dev': 'allow' },
    };
    expect(command(rules, 'ls')).toBe('ask');
    expect(command(rules, 'git status')).toBe('allow');
    expect(command(rules, 'git push origin main')).toBe('deny');
    expect(command(rules, 'git push origin dev')).toBe('allow');
  });

  test('of patterns that say as much, the strictest wins', () => {
    expect(command({ run_command: { 'a*': 'allow', '*b': 'deny' } }, 'ab')).toBe('deny');
    expect(command({ run_command: { '*b': 'deny', 'a*': 'allow' } }, 'ab')).toBe('deny');
  });

  test('a table that lists what is allowed leaves the rest to be asked; one that forbids leaves it as it was', () => {
    expect(decide({ write: { 'src/*': 'allow' } }, 'write', 'README.md')).toBe('ask');
    expect(decide({ read: { 'secrets/*': 'deny' } }, 'read', 'README.md')).toBe('allow');
    expect(decide({ read: { 'secrets/*': 'deny' } }, 'read', 'secrets/a/b')).toBe('deny');
  });

  test('come from the configuration as a word or a table', () => {
    const config = { read: 'allow', run_command: { 'npm test': 'allow', '*': 'ask' } };
    expect(permissionsSchema.parse(config)).toEqual(config);
    expect(permissionsSchema.safeParse({ read: 'yes' }).success).toBe(false);
  });
});

describe('E-beyond: tools of MCP servers', () => {
  const rules: Permissions = {
    'mcp__*': 'deny',
    'mcp__github__*': { '*"repo":"mine"*': 'allow', '*': 'ask' },
    mcp__github__delete: 'deny',
  };

  test('are asked for where nothing names them', () => {
    expect(decide({}, 'mcp__github__search', '{}')).toBe('ask');
  });

  test('are named one by one, or many by a pattern of which the most specific counts', () => {
    expect(decide(rules, 'mcp__files__read', '{}')).toBe('deny');
    expect(decide(rules, 'mcp__github__search', '{}')).toBe('ask');
    expect(decide(rules, 'mcp__github__search', '{"repo":"mine"}')).toBe('allow');
    expect(decide(rules, 'mcp__github__delete', '{"repo":"mine"}')).toBe('deny');
  });

  test('of patterns that say as much, the strictest wins', () => {
    expect(decide({ 'mcp__a*': 'allow', 'mcp__*b': 'deny' }, 'mcp__ab', '')).toBe('deny');
    expect(decide({ 'mcp__*b': 'deny', 'mcp__a*': 'allow' }, 'mcp__ab', '')).toBe('deny');
  });

  test('are the only ones that a pattern of names means', () => {
    expect(decide({ '*': 'allow', 'run_*': 'allow' }, 'run_command', 'ls')).toBe('ask');
    expect(decide({ '*': 'deny' }, 'read', 'a.txt')).toBe('allow');
  });

  test('keep what a pattern says of them when a person allows more', () => {
    const more = withPattern(rules, 'mcp__github__search', '*"repo":"yours"*', 'allow');
    expect(decide(more, 'mcp__github__search', '{"repo":"yours"}')).toBe('allow');
    expect(decide(more, 'mcp__github__search', '{"repo":"mine"}')).toBe('allow');
    expect(decide(more, 'mcp__github__search', '{"repo":"other"}')).toBe('ask');
    expect(decide(more, 'mcp__github__list', '{"repo":"yours"}')).toBe('ask');
  });
});

describe('E4: lines for a shell', () => {
  test('are not what a rule without a shell allows', () => {
    expect(command({ run_command: { 'git *': 'allow' } }, 'sh: git status')).toBe('ask');
    expect(command({ run_command: { 'sh: git *': 'allow' } }, 'sh: git status')).toBe('allow');
  });

  test('can be forbidden as such', () => {
    const rules: Permissions = { run_command: { '*': 'allow', 'sh: *': 'deny' } };
    expect(command(rules, 'ls -l')).toBe('allow');
    expect(command(rules, 'sh: ls')).toBe('deny');
  });

  test.each([
    'git status; rm -rf x',
    'git status && rm -rf x',
    'git status || rm -rf x',
    'git status | sh',
    'git status & rm -rf x',
    'git log > /etc/passwd',
    'git status $(rm -rf x)',
    'git status `rm -rf x`',
    'git status\nrm -rf x',
    'git diff <(rm -rf x)',
    'git status "$(rm -rf x)"',
    'git $x',
  ])('%s is not allowed by git *', (line) => {
    expect(
      command({ run_command: { 'git *': 'allow', 'sh: git *': 'allow', 'sh: git status*': 'allow' } }, `sh: ${line}`),
    ).toBe('ask');
  });

  test('are denied for any command in them', () => {
    const rules: Permissions = { run_command: { '*': 'allow', 'rm *': 'deny' } };
    expect(command(rules, 'sh: git status && rm -rf x')).toBe('deny');
    expect(command(rules, 'sh: echo $(rm -rf x)')).toBe('deny');
    expect(command(rules, 'sh: rm -rf x')).toBe('deny');
    expect(command(rules, 'sh: echo rm')).toBe('allow');
  });

  test('are allowed by a pattern that is exactly them', () => {
    const line = 'sh: npm run build && npm test';
    expect(command(withPattern({}, 'run_command', alwaysPattern(line), 'allow'), line)).toBe('allow');
  });
});

describe('E4: an answer that is for always', () => {
  test('holds for this subject and leaves the rest as it was', () => {
    const rules = withPattern({}, 'run_command', alwaysPattern('npm test'), 'allow');
    expect(command(rules, 'npm test')).toBe('allow');
    expect(command(rules, 'npm test -- x')).toBe('ask');
    expect(command(rules, 'ls')).toBe('ask');
  });

  test('takes an asterisk and a backslash for themselves', () => {
    const rules = withPattern({ run_command: 'deny' }, 'run_command', alwaysPattern('sh: rm *\\*'), 'allow');
    expect(command(rules, 'sh: rm *\\*')).toBe('allow');
    expect(command(rules, 'sh: rm abc')).toBe('deny');
  });

  test('is added to the patterns that there are', () => {
    const rules = withPattern({ write: { 'src/*': 'allow', '*': 'deny' } }, 'write', 'docs/a.md', 'allow');
    expect(decide(rules, 'write', 'docs/a.md')).toBe('allow');
    expect(decide(rules, 'write', 'src/a.ts')).toBe('allow');
    expect(decide(rules, 'write', 'b')).toBe('deny');
  });
});

const joiner = fc.constantFrom(
  ';',
  '&&',
  '||',
  '|',
  '&',
  '\n',
  '>',
  '>>',
  '<',
  '$(',
  '`',
  '<(',
  '\r',
  '\u2028',
  ' ; ',
  ' && ',
);
const word = fc.stringMatching(/^[a-z./-]{1,8}$/);
const prefix = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));

test(`E4: no pattern with a free part allows more than one command of a shell (seed ${seed})`, () => {
  fc.assert(
    fc.property(
      prefix,
      fc.array(word),
      joiner,
      word,
      fc.constantFrom('*', ' *', '**', '* x*'),
      (start, more, join, other, tail) => {
        const line = `sh: ${[start, ...more].join(' ')}${join}${other} x`;
        const patterns = [`${start}${tail}`, `sh: ${start}${tail}`, `sh: *${other} x`, `*${start}*`, 's*', 'sh:*x'];
        const table = Object.fromEntries(patterns.map((pattern) => [pattern, 'allow' as const]));
        expect(command({ run_command: table }, line)).toBe('ask');
      },
    ),
    { seed, numRuns: 2_000 },
  );
});

test(`E4: "always" allows its subject and no other (seed ${seed})`, () => {
  const subject = fc.string({ unit: fc.constantFrom('a', '*', '\\', ' ', ';', 's'), maxLength: 8 });
  fc.assert(
    fc.property(subject, subject, (granted, other) => {
      const rules = withPattern({}, 'run_command', alwaysPattern(granted), 'allow');
      expect(command(rules, granted)).toBe('allow');
      expect(command(rules, other) === 'allow').toBe(granted === other);
    }),
    { seed, numRuns: 2_000 },
  );
});

test(`E4: a pattern says what its expression would say (seed ${seed})`, () => {
  const text = (letters: string[]) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });
  fc.assert(
    fc.property(text(['a', 'b', '*', '/']), text(['a', 'b', '/', '\n']), (pattern, subject) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '[^]*')}$`);
      expect(matches(pattern, subject)).toBe(expression.test(subject));
    }),
    { seed, numRuns: 5_000 },
  );
});
