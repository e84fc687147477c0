/** `doctor` on keys: present or not, resting until, and never a secret. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataHome } from '@taffrail/server';
import { startModelServer } from '@taffrail/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { now, Place } from '../captured.js';

const place = new Place();
const secrets = { OPENAI_API_KEY: 'sk-openai-0123456789', MISTRAL_API_KEY: 'mistral-0123456789' };
const env = { OLLAMA_HOST: '127.0.0.1:9', ...secrets };

beforeAll(async () => {
  mkdirSync(place.dataDir, { recursive: true });
  writeFileSync(
    join(place.dataDir, 'config.toml'),
    `[[keys]]\nid = "main"\nprovider = "anthropic"\n\n[[keys]]\nid = "spare"\nprovider = "google"\nenv = "NOT_SET"\n`,
  );
  writeFileSync(join(place.dataDir, 'secrets.json'), '{"keys": {"main": "sk-stored-0123456789"}}');
  const store = dataHome(place.dataDir, {}).openStore();
  const attempt = { attemptId: 'a', model: 'big', keyId: 'main', httpStatus: 429, message: '429: slow down' };
  const data = { ...attempt, reason: 'rate_limited', retryAfterMs: 600_000 } as const;
  const row = { key: 'discarded:a', at: now - 60_000, kind: 'attempt.discarded', data } as const;
  const append = { sessionId: 's', agent: 'taffrail', origin: 'live', mappingVersion: 0, rows: [row] } as const;
  await store.commit({ appends: [append], index: 'now' });
  await store.close();
});
afterAll(() => place.remove());

const keysIn = (stdout: string) => stdout.slice(stdout.indexOf('\nKeys\n'));

describe('doctor', () => {
  test('A3: lists keys, present or not, and until when one rests as the log tells it', async () => {
    const { stdout } = await place.run(`doctor --home ${place.home}`, { env });
    const text = keysIn(stdout);
    expect(text).toMatch(
      /^main +anthropic +secrets\.json +rests until 2026-11-20 \d\d:09:00: main\/big: 429: slow down$/m,
    );
    expect(text).toMatch(/^spare +google +NOT_SET +not there$/m);
    expect(text).toMatch(/^openai +openai +OPENAI_API_KEY +there$/m);
    expect(text).toContain('no Ollama at http://127.0.0.1:9');
    expect(text).toContain('used by no key: MISTRAL_API_KEY');
    for (const secret of [...Object.values(secrets), 'sk-stored']) expect(stdout).not.toContain(secret);
  });

  test('A3: finds a local Ollama', async () => {
    const ollama = await startModelServer({ models: ['llama3:8b'] });
    const { stdout } = await place.run(`doctor --home ${place.home}`, { env: { OLLAMA_HOST: ollama.url } });
    await ollama.close();
    expect(keysIn(stdout)).toContain(`Ollama at ${ollama.url}, 1 model`);
  });

  test('A3: says what is wrong in config.toml, and the rest all the same', async () => {
    const broken = new Place();
    mkdirSync(broken.dataDir, { recursive: true });
    writeFileSync(join(broken.dataDir, 'config.toml'), '[[keys]]\nid = "a b"\nprovider = "openai"\n');
    const { stdout, code } = await broken.run(`doctor --home ${broken.home}`, { env });
    broken.remove();
    expect([code, stdout]).toEqual([0, expect.stringMatching(/config\.toml: keys\.0\.id: letters, digits/)]);
    expect(stdout).toContain('Version');
  });
});
