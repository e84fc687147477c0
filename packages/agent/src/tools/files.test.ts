/** Reading, writing and editing real files. */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { outputBytesMax } from './contract.js';
import { edit } from './edit.js';
import { placeWith, type TestPlace } from './place-for-tests.js';
import { read } from './read.js';
import { write } from './write.js';

const numbers = Array.from({ length: 5_000 }, (_, index) => `line ${index + 1}\n`).join('');
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]);

let place: TestPlace;
beforeEach(() => {
  place = placeWith({ 'a.txt': 'one\ntwo\nthree\n', 'long.txt': numbers, 'picture.png': png, 'empty.txt': '' });
});
afterEach(() => place.remove());

const at = (name: string) => join(place.root, name);
const content = (name: string) => readFileSync(at(name), 'utf8');

async function reading(path: string, offset?: number, limit?: number): Promise<string> {
  const outcome = await read.run({ path, offset, limit }, place);
  return `${outcome.status}: ${outcome.text}`;
}

async function writing(path: string, text: string): Promise<string> {
  const outcome = await write.run({ path, content: text }, place);
  return `${outcome.status}: ${outcome.text}`;
}

async function editing(path: string, oldText: string, newText: string, replaceAll?: boolean): Promise<string> {
  const outcome = await edit.run({ path, oldText, newText, replaceAll }, place);
  return `${outcome.status}: ${outcome.text}`;
}

describe('E2: read', () => {
  test('shows the lines as they are', async () => {
    expect(await reading('a.txt')).toBe('ok: one\ntwo\nthree');
    expect(await reading('empty.txt')).toBe('ok: (The file is empty.)');
  });

  test('shows a window, and says where it goes on', async () => {
    expect(await reading('a.txt', 2, 1)).toBe('ok: two\n(Lines 2 to 2; more follow: go on with offset 3.)');
    expect(await reading('a.txt', 3, 1)).toBe('ok: three');
    expect(await reading('a.txt', 9)).toBe('ok: (There is no line 9: the file is shorter.)');
  });

  test('shows at most 32 KB, in whole lines, and every line in turn', async () => {
    const first = await reading('long.txt', 1, 5_000);
    expect(Buffer.byteLength(first)).toBeLessThanOrEqual(outputBytesMax + 4);
    const next = Number(/go on with offset (\d+)/.exec(first)?.[1]);
    expect(first).toContain(`\nline ${next - 1}\n(`);
    expect(await reading('long.txt', next, 1)).toContain(`ok: line ${next}\n`);
  });

  test('cuts a line that alone is too long, and says so', async () => {
    writeFileSync(at('wide.txt'), `${'ä'.repeat(100_000)}\nshort\n`);
    const told = await reading('wide.txt');
    expect(told).toMatch(/^ok: ä{4096}… \(191808 bytes more\)\nshort\n\(1 line too long to show whole\.\)$/);
  });

  test('shows Windows lines and a byte order mark as plain lines', async () => {
    writeFileSync(at('windows.txt'), '\uFEFFone\r\ntwo\r\n');
    expect(await reading('windows.txt')).toBe('ok: one\ntwo');
  });

  test('opens a file larger than memory by its window', async () => {
    writeFileSync(at('huge.txt'), 'first\nsecond\n');
    truncateSync(at('huge.txt'), 8 * 1024 * 1024 * 1024);
    writeFileSync(at('huge.txt'), `${'x\n'.repeat(8 * 1024)}`, { flag: 'r+' });
    const before = process.memoryUsage.rss();
    expect(await reading('huge.txt', 3, 2)).toContain('ok: x\nx\n(Lines 3 to 4; more follow');
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
  });

  test('says what a file is that is no text', async () => {
    expect(await reading('picture.png')).toBe('ok: picture.png is a PNG image of 10 bytes; it follows.');
    writeFileSync(at('plan.pdf'), '%PDF-1.7');
    expect(await reading('plan.pdf')).toBe(
      'ok: plan.pdf is a PDF document of 8 bytes; it is not text, so it is not shown.',
    );
    writeFileSync(at('data.bin'), Buffer.from([1, 0, 2]));
    expect(await reading('data.bin')).toContain('data.bin is a binary file (.bin) of 3 bytes');
  });

  test('says what is no file', async () => {
    expect(await reading('.')).toBe('error: . is a folder.');
    expect(await reading('none.txt')).toBe('error: There is no none.txt.');
    expect(await reading('a.txt/b')).toBe('error: a.txt/b goes through a file as if it were a folder.');
  });

  test('does not wait for a pipe', async () => {
    execFileSync('sh', ['-c', 'mkfifo "$0"', at('pipe')]);
    expect(await reading('pipe')).toBe('error: pipe is not a regular file.');
  });

  test('opens what was kept aside by its name', async () => {
    const name = await place.keepAside(Buffer.from('kept 1\nkept 2\n'));
    expect(await reading(name, 2)).toBe('ok: kept 2');
    expect(await reading('output:none')).toBe('error: Nothing is kept under the name output:none.');
  });
});

describe('E2: write', () => {
  test('creates a file and the folders above it', async () => {
    expect(await writing('new/deep/file.txt', 'a\nb\n')).toBe('ok: Created new/deep/file.txt (2 lines, 4 bytes).');
    expect(content('new/deep/file.txt')).toBe('a\nb\n');
  });

  test('names what it changed', async () => {
    const outcome = await write.run({ path: './new/../b.txt', content: 'b' }, place);
    expect(outcome.changed).toEqual(['b.txt']);
  });

  test('replaces a file that was read, shows what changed, and keeps its mode', async () => {
    chmodSync(at('a.txt'), 0o750);
    await reading('a.txt');
    expect(await writing('a.txt', 'one\n2\nthree\n')).toContain('\n-two\n+2\n');
    expect(statSync(at('a.txt')).mode & 0o777).toBe(0o750);
    expect(content('a.txt')).toBe('one\n2\nthree\n');
  });

  test('leaves nothing beside the file', async () => {
    await writing('new.txt', 'x');
    expect(readdirSync(place.root).sort()).toEqual(['a.txt', 'empty.txt', 'long.txt', 'new.txt', 'picture.png']);
  });

  test('refuses a file that this session has not read', async () => {
    expect(await writing('a.txt', 'x')).toBe(
      'error: a.txt exists, and this session has not read it. Read it first, then change it.',
    );
    expect(content('a.txt')).toBe('one\ntwo\nthree\n');
  });

  test('refuses a file that has changed since it was read', async () => {
    await reading('a.txt');
    writeFileSync(at('a.txt'), 'somebody else\n');
    expect(await writing('a.txt', 'x')).toBe(
      'error: a.txt has changed since this session read it. Read it again, then repeat the change.',
    );
    await reading('a.txt');
    expect(await writing('a.txt', 'x')).toContain('ok: Replaced a.txt');
  });

  test('knows what it wrote itself', async () => {
    await writing('b.txt', 'first');
    expect(await writing('b.txt', 'second')).toContain('ok: Replaced b.txt');
  });

  test.each(['.git/config', '.git/hooks/pre-commit', '.GIT/config', 'sub/.git/HEAD', '.git', '.git./config'])(
    'refuses %s, which belongs to git',
    async (path) => {
      expect(await writing(path, 'x')).toContain('belongs to git itself');
      expect(existsSync(at(path))).toBe(false);
    },
  );

  test('refuses git’s own files behind a link', async () => {
    mkdirSync(at('.git'));
    symlinkSync('.git', at('harmless'));
    expect(await writing('harmless/config', 'x')).toContain('.git/config belongs to git itself');
  });

  test('refuses a folder', async () => {
    mkdirSync(at('folder'));
    expect(await writing('folder', 'x')).toBe('error: folder is a folder.');
    expect(await writing('.', 'x')).toContain('the working folder itself');
    expect(await writing('a.txt/b', 'x')).toContain('as if it were a folder');
  });
});

describe('E2: edit', () => {
  beforeEach(async () => {
    await reading('a.txt');
  });

  test('replaces a text that stands once, and shows the change as a diff', async () => {
    expect(await editing('a.txt', 'two\n', 'zwei\n')).toBe(
      'ok: Edited a.txt.\n--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+zwei\n three',
    );
    expect(content('a.txt')).toBe('one\nzwei\nthree\n');
  });

  test('takes the new text as it is, whatever stands in it', async () => {
    await editing('a.txt', 'two', '$& $1 $$');
    expect(content('a.txt')).toBe('one\n$& $1 $$\nthree\n');
  });

  test('goes on from its own change', async () => {
    await editing('a.txt', 'two', '2');
    expect(await editing('a.txt', 'three', '3')).toContain('ok: Edited');
  });

  test('does several changes at once one after the other', async () => {
    const told = await Promise.all([
      editing('a.txt', 'one', '1'),
      editing('a.txt', 'two', '2'),
      editing('a.txt', 'three', '3'),
    ]);
    expect(told.every((text) => text.startsWith('ok'))).toBe(true);
    expect(content('a.txt')).toBe('1\n2\n3\n');
  });

  test('refuses a text that stands twice, and says where', async () => {
    writeFileSync(at('twice.txt'), 'x = 1\ny\nx = 1\n');
    await reading('twice.txt');
    expect(await editing('twice.txt', 'x = 1', 'x = 2')).toContain('stands 2 times in twice.txt, at lines 1, 3.');
    expect(content('twice.txt')).toBe('x = 1\ny\nx = 1\n');
    expect(await editing('twice.txt', 'x = 1', 'x = 2', true)).toContain('ok: Edited twice.txt in 2 places.');
    expect(content('twice.txt')).toBe('x = 2\ny\nx = 2\n');
  });

  test('shows what nearly stands there', async () => {
    writeFileSync(at('code.ts'), 'function a() {\n    return one;\n}\n\nfunction b() {\n  return two;\n}\n');
    await reading('code.ts');
    expect(await editing('code.ts', 'function a() {\n  return one;\n}', 'x')).toBe(
      'error: oldText does not stand in code.ts like that. Nothing was changed.\n\nNear line 1 stands:\nfunction a() {\n    return one;\n}',
    );
    expect(await editing('code.ts', 'quite another thing', 'x')).toContain(
      'Nothing like it does. Read the file again.',
    );
  });

  test('understands line breaks in a file of Windows lines, and keeps them', async () => {
    writeFileSync(at('windows.txt'), '\uFEFFone\r\ntwo\r\nthree\r\n');
    await reading('windows.txt');
    expect(await editing('windows.txt', 'one\ntwo', '1\n2')).toContain('ok');
    expect(content('windows.txt')).toBe('\uFEFF1\r\n2\r\nthree\r\n');
  });

  test.each([
    ['an empty old text', 'a.txt', '', 'x', 'oldText is empty'],
    ['a change that is none', 'a.txt', 'two', 'two', 'nothing would change'],
    ['a file that is not there', 'none.txt', 'a', 'b', 'There is no none.txt. To create it, use write.'],
    ['a file that was not read', 'long.txt', 'line 7\n', 'b', 'has not read it'],
  ])('refuses %s', async (_name, path, oldText, newText, told) => {
    expect(await editing(path, oldText, newText)).toContain(`error: `);
    expect(await editing(path, oldText, newText)).toContain(told);
  });

  test('refuses bytes that are no text', async () => {
    writeFileSync(at('latin.txt'), Buffer.from([0x61, 0xe4, 0x62]));
    await reading('latin.txt');
    expect(await editing('latin.txt', 'a', 'b')).toContain('latin.txt is not UTF-8 text');
  });

  test('shows no diff of a change that is too large for one', async () => {
    await reading('long.txt');
    expect(await editing('long.txt', 'line', 'Zeile', true)).toMatch(/in 5000 places\.\n\(The change is too l/);
  });
});
