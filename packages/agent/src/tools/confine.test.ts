/** No path leads out of the session's folder: not as it is written, not by links, not by links that are swapped. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Inside, plainPath, resolveInside } from './confine.js';
import { OpenFolder, openFile, type Way } from './open-inside.js';
import { placeWith, type TestPlace } from './place-for-tests.js';
import { signalGroup } from './process-table.js';
import { read } from './read.js';
import { replaceFile } from './replace-file.js';
import { write } from './write.js';

let place: TestPlace;
beforeEach(() => {
  place = placeWith({ 'a.txt': 'inside\n', 'src/b.txt': 'inside b\n', '~odd': 'odd\n' });
});
afterEach(() => place.remove());

async function reading(path: string): Promise<string> {
  const outcome = await read.run({ path }, place);
  return `${outcome.status}: ${outcome.text}`;
}

async function writing(path: string): Promise<string> {
  const outcome = await write.run({ path, content: 'new\n' }, place);
  return `${outcome.status}: ${outcome.text}`;
}

const outside = "leads out of the session's folder";

describe.each([
  ['..', '../outside/secret.txt'],
  ['.. in the middle', 'src/../../outside/secret.txt'],
  ['.. through a folder that is not there', 'nothing/../../outside/secret.txt'],
  ['an absolute path', '/etc/passwd'],
  ['a home', '~/secret.txt'],
  ["somebody's home", '~root/secret.txt'],
  ['the root of a process', '/proc/self/root/etc/passwd'],
  ['the folder of a process', '/proc/self/cwd/package.json'],
])('E2: %s', (_name, path) => {
  test('is refused for reading, by a sentence that names it', async () => {
    expect(await reading(path)).toContain(`error: ${path} ${outside}`);
  });

  test('is refused for writing', async () => {
    expect(await writing(path)).toContain(`error: ${path} ${outside}`);
  });
});

describe('E2: a folder whose name begins with the root', () => {
  test('is outside', async () => {
    mkdirSync(`${place.root}-2`);
    expect(await writing(`${place.root}-2/x`)).toContain(outside);
    expect(await writing('../root-2/x')).toContain(outside);
  });
});

describe('E2: what stays inside', () => {
  test.each(['a.txt', './a.txt', 'src/../a.txt', 'nothing/../a.txt', 'no/thing/../../src/../a.txt'])(
    '%s is read',
    async (path) => {
      expect(await reading(path)).toBe('ok: inside');
    },
  );

  test('an absolute path below the root is read', async () => {
    expect(await reading(join(place.root, 'src/../a.txt'))).toBe('ok: inside');
  });

  test('a name that begins with ~ is read when it is said to be a name', async () => {
    expect(await reading('./~odd')).toBe('ok: odd');
  });
});

describe('E2: a link', () => {
  test('to a file outside is refused, and named', async () => {
    symlinkSync('../../outside/secret.txt', join(place.root, 'src/link'));
    expect(await reading('src/link')).toBe(`error: src/link ${outside} through the link src/link.`);
    expect(await writing('src/link')).toContain(outside);
    expect(readFileSync(join(place.outside, 'secret.txt'), 'utf8')).toBe('outside\n');
  });

  test('to a folder outside is refused for everything below it', async () => {
    symlinkSync(place.outside, join(place.root, 'out'));
    expect(await reading('out/secret.txt')).toContain(`${outside} through the link out`);
    expect(await writing('out/new/deep.txt')).toContain(outside);
    expect(readdirSync(place.outside)).toEqual(['secret.txt']);
  });

  test('is found behind a folder that is not there', async () => {
    symlinkSync('../outside', join(place.root, 'out'));
    expect(await writing('nothing/../out/new.txt')).toContain(`${outside} through the link out`);
  });

  test('that goes out and comes back is refused', async () => {
    symlinkSync('../root/a.txt', join(place.root, 'round'));
    expect(await reading('round')).toContain(outside);
  });

  test('to a link that leads out is refused', async () => {
    symlinkSync('second', join(place.root, 'first'));
    symlinkSync('../outside', join(place.root, 'second'));
    expect(await reading('first/secret.txt')).toContain(`${outside} through the link second`);
  });

  test('to the root of a process is refused', async () => {
    symlinkSync('/proc/self/root', join(place.root, 'proc'));
    expect(await reading('proc/etc/passwd')).toContain(outside);
  });

  test('to nothing is refused for writing, inside as well', async () => {
    symlinkSync('later.txt', join(place.root, 'dangling'));
    expect(await writing('dangling')).toContain('goes through the link dangling, which leads to nothing');
    expect(existsSync(join(place.root, 'later.txt'))).toBe(false);
  });

  test('to itself is refused', async () => {
    symlinkSync('loop', join(place.root, 'loop'));
    expect(await reading('loop')).toContain('too many links');
  });

  test('inside is followed, also an absolute one, and what it leads to is written', async () => {
    symlinkSync(join(place.root, 'src'), join(place.root, 'here'));
    expect(await reading('here/b.txt')).toBe('ok: inside b');
    expect(await writing('here/b.txt')).toContain('Replaced src/b.txt');
  });
});

describe('E2: a character that nobody sees', () => {
  test.each([
    ['null', 'a\0.txt', 'U+0000'],
    ['right-to-left override', 'a\u202etxt.b', 'U+202E (right-to-left override)'],
    ['zero width space', 'a\u200b.txt', 'U+200B'],
    ['a tag', 'a\u{e0041}.txt', 'U+E0041'],
    ['a control character', 'a\u001b[2K.txt', 'U+001B'],
  ])('%s is refused by its name', async (_name, path, told) => {
    expect(await reading(path)).toContain(told);
    expect(await writing(path)).toContain(told);
  });

  test('does not mean those of an emoji', async () => {
    expect(await writing('👩‍💻 ✔️.txt')).toContain('ok: Created');
  });
});

/** Swaps `name` between a link that leads out and what is inside, as fast as a shell can, until it is stopped. */
function swapping(script: string): { stop(): Promise<void> } {
  const child = spawn('sh', ['-c', `while :; do ${script}; done`], {
    cwd: place.root,
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    stop: () => {
      signalGroup(child.pid ?? 0, 'SIGKILL');
      return ended;
    },
  };
}

async function contentOf(inside: Inside, way: Way): Promise<string> {
  try {
    const handle = await openFile(place.root, inside, way);
    const content = await handle.readFile('utf8');
    await handle.close();
    return content;
  } catch {
    return 'refused';
  }
}

async function writeOften(to: { name: string; path: string }, way: Way): Promise<Set<string>> {
  const told = new Set<string>();
  for (let round = 0; round < 500; round += 1) {
    const inside = { ...to, exists: false };
    const writing = replaceFile(place.root, inside, Buffer.from('x'), null, way);
    told.add(
      await writing.then(
        () => 'written',
        () => 'refused',
      ),
    );
  }
  return told;
}

describe.each<Way>(['descriptor', 'path'])('E2: a link that is swapped after the look, told by %s', (way) => {
  const rounds = 1_500;

  test('never lets a file outside be read', async () => {
    const swap = swapping('ln -sfn ../outside d; ln -sfn src d');
    const contents = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      // The look is cut out: this is what it found a moment ago.
      const inside = { name: 'd/secret.txt', path: join(place.root, 'd/secret.txt'), exists: true };
      contents.add(await contentOf(inside, way));
    }
    await swap.stop();
    expect([...contents]).toEqual(['refused']);
  });

  test('never lets a file outside be written', async () => {
    mkdirSync(join(place.root, 'src/sub'));
    mkdirSync(join(place.outside, 'sub'));
    symlinkSync('src', join(place.root, 'd'));
    // By renaming: were d missing for a moment, a folder of that name would be created.
    const swap = swapping('ln -s ../outside x; mv -T x d; ln -s src x; mv -T x d');
    const told = await writeOften({ name: 'd/sub/new.txt', path: join(place.root, 'd/sub/new.txt') }, way);
    await swap.stop();
    expect(readdirSync(join(place.outside, 'sub'))).toEqual([]);
    expect(told).toContain('refused');
  });

  test('is noticed when it takes the place of the file itself', async () => {
    const inside = await resolveInside(place.root, 'a.txt');
    symlinkSync('../outside/secret.txt', join(place.root, 'swapped'));
    const swapped = { ...inside, path: join(place.root, 'swapped') };
    await expect(openFile(place.root, swapped, way)).rejects.toThrow('was swapped for a link meanwhile');
  });

  test('is noticed when it takes the place of a folder', async () => {
    symlinkSync('../outside', join(place.root, 'out'));
    const inside = { name: 'out/secret.txt', path: join(place.root, 'out/secret.txt'), exists: true };
    await expect(openFile(place.root, inside, way)).rejects.toThrow(outside);
    await expect(OpenFolder.open(place.root, join(place.root, 'out'), way)).rejects.toThrow();
  });
});

describe('E2: a folder that is swapped for a link while a file is written in it', () => {
  test('takes no file outside with it', async () => {
    const swap = swapping('mv -T src gone; ln -sfn ../outside src; rm src; mv -T gone src');
    const told = await writeOften({ name: 'src/new.txt', path: join(place.root, 'src/new.txt') }, 'descriptor');
    await swap.stop();
    expect(readdirSync(place.outside)).toEqual(['secret.txt']);
    expect(told).toContain('refused');
  });
});

describe('E4: the path that a permission is matched against', () => {
  test.each([
    ['src/../secrets/x', 'secrets/x'],
    ['./secrets//x', 'secrets/x'],
    ['/home/dev/secrets/x', 'secrets/x'],
    ['/home/dev', '.'],
    ['secrets/', 'secrets'],
    ['/etc/passwd', '/etc/passwd'],
    ['../x', '../x'],
  ])('%s is %s', (given, plain) => {
    expect(plainPath(given, '/home/dev')).toBe(plain);
  });
});
