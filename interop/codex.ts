/** Real programs, installed for the occasion: nothing of theirs is part of this project. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Codex {
  version: string;
  program: string;
  /** Where `generate-json-schema` wrote what it speaks. */
  schemas: string;
  /** Loads a package that was installed beside it. */
  load(name: string): unknown;
}

export async function installCodex(version: string, folder: string): Promise<Codex> {
  const home = join(folder, 'schema-home');
  const schemas = join(folder, 'schemas');
  for (const path of [folder, home, schemas]) mkdirSync(path, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const packages = [`@openai/codex@${version}`, 'ajv@8.17.1'];
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...packages], { cwd: folder });
  const program = join(folder, 'node_modules/.bin/codex');
  const env = { ...process.env, CODEX_HOME: home };
  const { stdout } = await run(program, ['--version'], { env });
  await run(program, ['app-server', 'generate-json-schema', '--experimental', '--out', schemas], { env });
  const load = createRequire(join(folder, 'package.json'));
  return { version: stdout.trim().split(' ').at(-1) ?? version, program, schemas, load: (name) => load(name) };
}
