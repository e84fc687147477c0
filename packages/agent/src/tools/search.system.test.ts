/** Listing folders, and finding files by name and by content. */
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { outputBytesMax } from './contract.js';
import { glob } from './glob.js';
import { grep } from './grep.js';
import { list } from './list.js';
import { placeWith, type TestPlace } from './place-for-tests.js';

let place: TestPlace;
beforeEach(() => {
  place = placeWith({
    '.gitignore': 'dist/\n*.log\n!keep.log\n/only-here.txt\n',
    '.git/HEAD': 'needle\n',
    'README.md': 'a needle\nin the hay\n',
    'src/a.ts': 'one\ntwo needle\nthree\nfour\nfive Needle\n',
    'src/b.tsx': 'nothing\n',
    'src/.gitignore': 'made/\n!debug.log\n',
    'src/made/c.ts': 'needle\n',
    'src/debug.log': 'needle\n',
    'src/only-here.txt': 'x\n',
    'dist/out.js': 'needle\n',
    'error.log': 'needle\n',
    'keep.log': 'kept needle\n',
    'only-here.txt': 'needle\n',
    'data.bin': Buffer.from('needle\0needle'),
  });
  symlinkSync('../outside', join(place.root, 'out'));
});
afterEach(() => place.remove());

async function listing(path?: string): Promise<string> {
  const outcome = await list.run({ path }, place);
  return `${outcome.status}: ${outcome.text}`;
}

async function globbing(pattern: string, path?: string): Promise<string[]> {
  return (await glob.run({ pattern, path }, place)).text.split('\n').sort();
}

async function grepping(asked: Parameters<typeof grep.run>[0]): Promise<string> {
  const outcome = await grep.run(asked, place);
  return `${outcome.status}: ${outcome.text}`;
}

describe('E2: list', () => {
  test('shows folders first, then files with sizes, without what git ignores', async () => {
    expect(await listing()).toBe(
      'ok: src/\n.gitignore (37 bytes)\nREADME.md (20 bytes)\ndata.bin (13 bytes)\nkeep.log (12 bytes)\nout (link)\n(4 entries that git ignores left out)',
    );
  });

  test('shows an ignored folder to whoever names it', async () => {
    expect(await listing('dist')).toBe('ok: out.js (7 bytes)');
  });

  test('refuses what is no folder of the session', async () => {
    expect(await listing('out')).toContain("leads out of the session's folder through the link out");
    expect(await listing('..')).toContain("leads out of the session's folder");
    expect(await listing('README.md')).toBe('error: README.md is a file, not a folder.');
    expect(await listing('none')).toBe('error: There is no folder none.');
  });

  test('is bounded', async () => {
    mkdirSync(join(place.root, 'many'));
    for (let index = 0; index < 600; index += 1) writeFileSync(join(place.root, 'many', `${index}`), '');
    expect((await listing('many')).split('\n')).toHaveLength(501);
    expect(await listing('many')).toContain('… and 100 more');
  });
});

describe('E2: glob', () => {
  test('finds files by their names, with those whose name begins with a dot', async () => {
    expect(await globbing('**/*.ts')).toEqual(['src/a.ts']);
    expect(await globbing('src/*.{ts,tsx}')).toEqual(['src/a.ts', 'src/b.tsx']);
    expect(await globbing('**/.gitignore')).toEqual(['.gitignore', 'src/.gitignore']);
  });

  test('leaves out what git ignores, by the rules of every folder', async () => {
    expect(await globbing('**/*')).toEqual(
      [
        '.gitignore',
        'README.md',
        'data.bin',
        'keep.log',
        'src/.gitignore',
        'src/a.ts',
        'src/b.tsx',
        'src/debug.log',
        'src/only-here.txt',
      ].sort(),
    );
  });

  test('looks in one folder, also an ignored one', async () => {
    expect(await globbing('*.ts', 'src')).toEqual(['src/a.ts']);
    expect(await globbing('*', 'dist')).toEqual(['dist/out.js']);
  });

  test('shows the newest first', async () => {
    utimesSync(join(place.root, 'src/b.tsx'), 2_000_000_000, 2_000_000_000);
    expect((await glob.run({ pattern: 'src/*.ts*' }, place)).text).toBe('src/b.tsx\nsrc/a.ts');
  });

  test.each(['../**', '/etc/*', '~/*', 'src/../../**', '{..,x}/*'])('refuses %s', async (pattern) => {
    expect(await globbing(pattern)).toEqual([
      `${pattern} leads out of the session's folder. Patterns are relative to it.`,
    ]);
  });

  test('goes through no link that leads out', async () => {
    expect(await globbing('out/*')).toEqual([expect.stringContaining('leads out')]);
    expect(await globbing('*', 'out')).toEqual([expect.stringContaining('leads out')]);
    expect(await globbing('**/secret.txt')).toEqual(['No file matches **/secret.txt.']);
  });

  test('refuses a pattern that could take for ever', async () => {
    expect(await globbing('*a*a*a*a*b')).toEqual([expect.stringContaining('too many wildcards')]);
    expect(await globbing('**/**/**/**/b')).toEqual([expect.stringContaining('too many wildcards')]);
  });

  test('is not held up by a hostile .gitignore', async () => {
    writeFileSync(join(place.root, '.gitignore'), `${'*a'.repeat(40)}b\ndist/\n`);
    writeFileSync(join(place.root, 'a'.repeat(200)), '');
    expect(await globbing('{aaa*,*.md,dist/*}')).toEqual(['README.md', 'a'.repeat(200)]);
  });

  test('says when nothing matches', async () => {
    expect(await globbing('*.py')).toEqual(['No file matches *.py.']);
  });
});

describe('E2: grep', () => {
  test('shows files with the numbers of their lines, without what is binary or ignored', async () => {
    expect(await grepping({ pattern: 'needle' })).toBe(
      'ok: README.md\n1: a needle\n\nkeep.log\n1: kept needle\n\nsrc/a.ts\n2: two needle\n\nsrc/debug.log\n1: needle\n\n4 matches in 4 files.',
    );
  });

  test('shows lines around, each once', async () => {
    expect(await grepping({ pattern: '[Nn]eedle', path: 'src/a.ts', context: 1 })).toBe(
      'ok: src/a.ts\n1- one\n2: two needle\n3- three\n4- four\n5: five Needle\n\n2 matches in 1 file.',
    );
    expect(await grepping({ pattern: 'one|five', path: 'src', include: '*.ts', context: 1 })).toContain(
      '2- two needle\n--\n4- four\n5: five',
    );
  });

  test('takes letters of either case where it is asked to', async () => {
    expect(await grepping({ pattern: 'FIVE', path: 'src', ignoreCase: true })).toContain('5: five');
    expect(await grepping({ pattern: '(?i)FIVE', path: 'src' })).toContain('5: five');
    expect(await grepping({ pattern: 'FIVE', path: 'src' })).toBe('ok: No line matches.');
  });

  test('stops after as many matches as are wanted, and says so', async () => {
    expect(await grepping({ pattern: 'needle', limit: 1 })).toBe(
      'ok: README.md\n1: a needle\n\n1 match in 1 file. Only the first 1 matches are shown.',
    );
  });

  test('refuses an expression that is none', async () => {
    expect(await grepping({ pattern: 'a(' })).toMatch(/^error: Invalid regular expression: .*put a \\ before them\.$/);
  });

  test('refuses what leads out', async () => {
    expect(await grepping({ pattern: 'x', path: '../outside' })).toContain("leads out of the session's folder");
    expect(await grepping({ pattern: 'x', path: 'out/secret.txt' })).toContain("leads out of the session's folder");
    expect(await grepping({ pattern: 'outside' })).toBe('ok: No line matches.');
  });

  test('ends an expression that takes for ever, while everything else goes on', async () => {
    writeFileSync(join(place.root, 'trap.txt'), `${'a'.repeat(100)}!\n`);
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 50);
    const told = await grepping({ pattern: '^(a+)+$' });
    clearInterval(ticking);
    expect(told).toBe('error: No line matches. The expression takes too long on trap.txt; write a simpler one.');
    expect(ticks).toBeGreaterThan(10);
  });

  test('is stopped with its turn', async () => {
    writeFileSync(join(place.root, 'trap.txt'), `${'a'.repeat(100)}!\n`);
    const running = grepping({ pattern: '^(a+)+$' });
    setTimeout(place.stop, 200);
    expect(await running).toBe('interrupted: Stopped.');
  });

  test('is bounded, however much matches', async () => {
    writeFileSync(join(place.root, 'big.txt'), `${'x'.repeat(2_000)}\n`.repeat(1_500));
    writeFileSync(join(place.root, 'too-big.txt'), 'x'.repeat(5 * 1024 * 1024));
    const told = await grepping({ pattern: 'x', limit: 1_000 });
    expect(Buffer.byteLength(told)).toBeLessThanOrEqual(outputBytesMax + 4);
    expect(told).toContain('bytes left out');
    expect(await grepping({ pattern: 'x', include: 'too-big.txt' })).toContain('1 file above 4 MB passed over.');
  });
});
