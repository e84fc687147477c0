/** What must not be told: keys, wherever they turn up, stand in no row. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bench, itemsOf, says, secrets, shell } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const bytesIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

it('E1: the key that pays is in no environment, no output, no answer and no complaint that is stored', async () => {
  const key = secrets.first;
  bench.file(
    'leak.sh',
    `printf 'in a file: %s\\n' ${key.slice(0, 9)}''${key.slice(9)}\nyes ${key.slice(0, 9)}''${key.slice(9)} | head -c 200000\n`,
  );
  const { state, prompt } = await bench.done('fallback', [
    { fail: { status: 401, message: `Incorrect API key provided: ${key}` } },
    shell('printenv'),
    shell('sh leak.sh'),
    { ...says(`Your key is ${key}, I think. And again: ${key}`, { chunkSize: 5 }) },
  ]);
  const shown = JSON.stringify(itemsOf(state));
  expect(shown).toContain('Your key is [redacted');
  expect(shown).toContain('in a file: [redacted');
  expect(state.status).toBe('idle');
  await bench.runner.stop();
  await bench.store.indexNext();
  const stored = bytesIn(bench.folder);
  expect(stored).toContain(prompt);
  for (const secret of Object.values(secrets)) expect(stored.split(secret)).toHaveLength(1);
});

it('E1: a call that a model makes with a key in it is made without', async () => {
  bench.newRunner();
  const { state } = await bench.done('anthropic', [
    shell(`echo ${secrets.first}`),
    { parts: [{ thinking: `So it is ${secrets.second}.`, signature: 'c2ln' }, { text: 'Done.' }] },
  ]);
  expect(JSON.stringify(itemsOf(state))).toContain('[redacted');
  await bench.runner.stop();
  for (const secret of Object.values(secrets)) expect(bytesIn(bench.folder.concat('/')).split(secret)).toHaveLength(1);
});

it('E1: a key that a person writes is cut before it is stored, and the model is not told it', async () => {
  bench.newRunner();
  const name = v7();
  bench.models.script(name, [says('I see no key.')]);
  const sessionId = await bench.session('anthropic');
  await bench.runner.patch(sessionId, { title: `about ${secrets.first}` });
  const state = await bench.ended(sessionId, await bench.ask(sessionId, `${name} uses ${secrets.first}, does it?`));
  expect(JSON.stringify(itemsOf(state))).toMatch(/uses \[redacted .+\], does it\?/);
  expect(state.description.title).toMatch(/^about \[redacted .+\]$/);
  await bench.runner.stop();
  for (const secret of Object.values(secrets)) expect(bytesIn(bench.folder.concat('/')).split(secret)).toHaveLength(1);
});
