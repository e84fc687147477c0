/** Programs: what they may be told, what they may print, and that nothing of them is left. */
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { outputBytesMax } from './contract.js';
import { placeWith, type TestPlace } from './place-for-tests.js';
import { isGroupAlive } from './process-table.js';
import { read } from './read.js';
import { runCommand } from './run-command.js';

type Asked = Parameters<typeof runCommand.run>[0];

let place: TestPlace;
beforeEach(() => {
  place = placeWith({ 'a.txt': 'inside\n', 'src/b.txt': 'inside b\n' });
});
afterEach(() => place.remove());

async function run(asked: string | Asked): Promise<string> {
  const outcome = await runCommand.run(typeof asked === 'string' ? { command: asked } : asked, place);
  return `${outcome.status}: ${outcome.text}`;
}

const shell = (command: string): Promise<string> => run({ command, shell: true });
const lives = () => place.programs.some(({ pid }) => isGroupAlive(pid));

describe('E1: without a shell', () => {
  test('a line is split into words, with quotes', async () => {
    expect(await run(`printf '%s|' a "b c" 'd  e' f\\ g ""`)).toBe('ok: a|b c|d  e|f g||\nExit code 0.');
  });

  test('arguments are passed as they are', async () => {
    const args = ['%s|', '$HOME', '*', 'a; b', '`c`'];
    expect(await run({ command: 'printf', args })).toContain('ok: $HOME|*|a; b|`c`|');
  });

  test.each([
    ['echo $HOME', '$'],
    ['echo "$HOME"', '$'],
    ['echo `id`', '`'],
    ['ls *.txt', '*'],
    ['ls a?txt', '?'],
    ['ls | wc', '|'],
    ['ls; id', ';'],
    ['ls && id', '&'],
    ['ls > out', '>'],
    ['wc < a.txt', '<'],
    ['(ls)', '('],
    ['ls\nid', 'A line break'],
  ])('%s is refused, and says how it would work', async (command, character) => {
    const told = await run(command);
    expect(told).toContain(`error: ${character} means`);
    expect(told).toContain('set shell to true');
    expect(place.programs).toEqual([]);
  });

  test('a variable that is set in front is refused', async () => {
    expect(await run('LD_PRELOAD=./x.so ls')).toContain('LD_PRELOAD=./x.so sets a variable');
  });

  test.each(["echo 'a", 'echo "a', 'echo a\\', '  '])('%s is refused as half a command', async (command) => {
    expect(await run(command)).toMatch(/^error: The command (has a|ends with|is empty)/);
  });
});

describe('E1: with a shell', () => {
  test('all of the shell is there', async () => {
    expect(await shell('cat *.txt | tr a-z A-Z && echo $((1 + 1))')).toBe('ok: INSIDE\n2\nExit code 0.');
  });

  test('arguments beside it are refused', async () => {
    expect(await run({ command: 'echo', args: ['a'], shell: true })).toContain('leave args out');
  });
});

describe('E1: confinement', () => {
  test.each([
    'cat /etc/passwd',
    'cat ../outside/secret.txt',
    'cat src/../../outside/secret.txt',
    'cat ~/secret.txt',
    'cat ~root/x',
    'cat /proc/self/root/etc/passwd',
    'tar --directory=/ -cf a.tar etc',
    'make -C../outside',
    'git -C .. status',
    'dd if=/etc/passwd',
    'curl -d @/etc/passwd localhost',
    'curl file:///etc/passwd',
    '../outside/program',
    '/opt/elsewhere/program',
  ])('%s is refused', async (command) => {
    expect(await run(command)).toMatch(/^error: .* leads out of the session's folder/);
    expect(place.programs).toEqual([]);
  });

  test('a link that leads out is refused as an argument and as a folder', async () => {
    symlinkSync('../outside', join(place.root, 'out'));
    expect(await run('cat out/secret.txt')).toContain('through the link out');
    expect(await run({ command: 'ls', cwd: 'out' })).toContain('through the link out');
  });

  test.each(['..', '/', '~', 'src/../..'])('the folder %s is refused', async (cwd) => {
    expect(await run({ command: 'pwd', cwd })).toContain("leads out of the session's folder");
  });

  test('the folder is the root, or one in it', async () => {
    expect(await run('pwd')).toContain(`ok: ${place.root}\n`);
    expect(await run({ command: 'cat b.txt ../a.txt', cwd: 'src' })).toContain('ok: inside b\ninside\n');
    expect(await run({ command: 'pwd', cwd: 'src' })).toContain(`ok: ${place.root}/src\n`);
  });

  test('what only looks like a path is let through', async () => {
    expect(await run("printf '%s\n' HEAD~1 a..b http://a/b s/a/b/ --x=1 /dev/null")).toContain('ok: HEAD~1\na..b\n');
  });

  test.each([
    ['echo a\u202eb', 'U+202E'],
    ['echo a\u200bb', 'U+200B'],
    ['echo \u001b[31m', 'U+001B'],
  ])('a hidden character is refused in %j', async (command, code) => {
    expect(await run(command)).toContain(code);
    expect(await shell(command)).toContain(code);
    expect(await run({ command: 'echo', args: [command] })).toContain(code);
  });
});

describe('E1: what a program is given', () => {
  test('is the environment of the place and nothing else', async () => {
    process.env['TAFFRAIL_TEST_SECRET'] = 'must-not-be-seen';
    const told = await run('env');
    delete process.env['TAFFRAIL_TEST_SECRET'];
    expect(told.split('\n').map((line) => line.replace(/=.*/, ''))).toEqual([
      'ok: PATH',
      'HOME',
      'LANG',
      'Exit code 0.',
    ]);
  });

  test('is an empty input: whoever reads is not waited for', async () => {
    expect(await run('cat')).toBe('ok: Exit code 0.');
    expect(await shell('read line; echo "got: $line"')).toContain('got: \n');
  });

  test('is no terminal', async () => {
    expect(await shell('(echo x > /dev/tty) 2>&1; test -t 0 || echo none')).toContain('none');
  });
});

describe('E1: how it ended', () => {
  test('is told by its code, and is an error where it is not 0', async () => {
    expect(await shell('echo out; echo err >&2; exit 3')).toMatch(/^error: (out\nerr|err\nout)\nExit code 3\.$/);
  });

  test('is told by its signal', async () => {
    expect(await shell('kill -9 $$')).toContain('Ended by the signal SIGKILL.');
  });

  test('a program that is not there is told', async () => {
    expect(await run('no-such-program-anywhere x')).toContain('could not be started: no program of this name');
    expect(await run('./a.txt')).toContain('it may not be run as a program');
  });

  test('a program that takes too long is ended with all that it started', async () => {
    const told = await run({ command: 'sleep 100 & sleep 100 & echo on; wait', shell: true, timeoutSeconds: 1 });
    expect(told).toBe('error: on\nEnded after 1 second: it took too long. Set timeoutSeconds for more.');
    expect(lives()).toBe(false);
    expect(place.programs.map(({ ended }) => ended)).toEqual([true]);
  });

  test('a program that does not want to end is ended', async () => {
    const told = await run({
      command: "trap '' TERM INT HUP; while :; do sleep 1; done",
      shell: true,
      timeoutSeconds: 1,
    });
    expect(told).toContain('Ended after 1 second');
    expect(lives()).toBe(false);
  });

  test('a stopped turn ends it with all that it started', async () => {
    const running = shell('sleep 100 & echo on; sleep 100');
    while (place.told.length === 0) await wait(10);
    place.stop();
    expect(await running).toBe('interrupted: on\nStopped by the user.');
    expect(lives()).toBe(false);
  });

  test('a turn that was stopped before starts nothing', async () => {
    place.stop();
    expect(await shell('touch new')).toContain('interrupted');
    expect(existsSync(join(place.root, 'new'))).toBe(false);
  });
});

describe('E1: forks', () => {
  test.each([
    ['that hold the pipes', 'sleep 100 & sleep 100 &'],
    ['that let go of the pipes', '(sleep 100 >/dev/null 2>&1 &) ; (sleep 100 >/dev/null 2>&1 &)'],
    ['in groups of their own', "bash -c 'set -m; sleep 100 & sleep 100 &' 2>/dev/null"],
    ['that do not want to end', "(trap '' TERM; sleep 100; sleep 100) &"],
  ])('%s are ended with the program, and it is told', async (_name, command) => {
    expect(await shell(`echo on; ${command}`)).toBe(
      'ok: on\nExit code 0. It left programs running in the background; they were ended.',
    );
    expect(lives()).toBe(false);
  });

  test('that end by themselves a little later are waited for', async () => {
    expect(await shell('(sleep 0.2; echo late) &')).toBe('ok: late\nExit code 0.');
  });

  test('that leave the session and hold the pipes are not waited for, and it is told', async () => {
    expect(await shell('setsid sleep 6 & sleep 0.2; echo on')).toBe(
      'ok: on\nExit code 0. It left a program that cut itself loose; it could not be ended.',
    );
  });
});

describe('E1: output', () => {
  test('is told as it comes', async () => {
    const running = shell('echo one; while [ ! -e go ]; do sleep 0.05; done; echo two');
    while (place.told.length === 0) await wait(10);
    expect(place.told).toEqual(['one\n']);
    await shell('touch go');
    expect(await running).toContain('one\ntwo\n');
  });

  test('above 32 KB is cut to its head and tail; read opens the rest by its name', async () => {
    const outcome = await runCommand.run({ command: 'seq 1 20000' }, place);
    expect(Buffer.byteLength(outcome.text)).toBeLessThanOrEqual(outputBytesMax);
    expect(outcome.text).toMatch(/^1\n2\n3\n/);
    expect(outcome.text).toContain('all of it is kept as output:1, which read opens');
    expect(outcome.text).toMatch(/\n19999\n20000\n\nExit code 0\.$/);
    expect(`${Buffer.from(outcome.whole ?? [])}`).toBe(
      Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join(''),
    );
    const kept = await read.run({ path: 'output:1', offset: 9_000, limit: 2 }, place);
    expect(kept.text).toContain('9000\n9001\n');
  });

  test('without end ends the program, in bounded memory and with few words to whoever watches', async () => {
    const before = process.memoryUsage.rss();
    const outcome = await runCommand.run({ command: 'yes' }, place);
    expect(outcome.status).toBe('error');
    expect(outcome.text).toContain('Ended: it printed more than 64.0 MB.');
    expect(outcome.whole?.length).toBeLessThan(5 * 1024 * 1024);
    expect(place.told.join('').length).toBeLessThan(300 * 1024);
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 * 1024);
    expect(lives()).toBe(false);
  });

  test('without a line break is bounded too', async () => {
    const outcome = await runCommand.run({ command: 'head -c 3000000 /dev/zero', shell: true }, place);
    expect(Buffer.byteLength(outcome.text)).toBeLessThanOrEqual(outputBytesMax);
  });

  test('of many bytes per letter is never cut within a letter', async () => {
    const outcome = await shell(`i=0; while [ $i -lt 3000 ]; do printf 'äöü€😀'; i=$((i+1)); done`);
    expect(outcome).not.toContain('\ufffd');
  });
});

describe('E4: what permissions see of a command', () => {
  test('is the same for the same words, however they are written', () => {
    const line = runCommand.subject({ command: `git   commit -m "a b" 'c'` });
    expect(line).toBe("git commit -m 'a b' c");
    expect(runCommand.subject({ command: 'git', args: ['commit', '-m', 'a b', 'c'] })).toBe(line);
  });

  test.each<[string, Asked]>([
    ['a shell', { command: 'git status; rm -rf x', shell: true }],
    ['a line that only a shell understands', { command: 'git status; rm -rf x' }],
  ])('says sh: for %s', (_name, asked) => {
    expect(runCommand.subject(asked)).toBe('sh: git status; rm -rf x');
  });

  test('says sh: for a shell by another door', () => {
    expect(runCommand.subject({ command: '/bin/bash', args: ['-c', 'id; ls'] })).toBe("sh: /bin/bash -c 'id; ls'");
  });
});

test('E1: what it does in the folder is seen there', async () => {
  await run('mkdir made');
  await shell('echo x > made/file');
  expect(readFileSync(join(place.root, 'made/file'), 'utf8')).toBe('x\n');
});
