/**
 * `npm run test:interop [-- VERSION…]`: real clients of the app-server protocol against the built program. Installs them
 * from the npm registry into a folder of its own, holds every message that is sent to the schema that they generate, and
 * drives the terminal client. Needs tmux. Apart from `npm test`, because it needs the registry. `hosted` as the first argument
 * tries agents that are hosted instead, `collector` a collector of OpenTelemetry.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ModelServer, startModelServer } from '@taffrail/testing';
import { type RunningServer, startServer } from '../e2e/support/program.js';
import { type Codex, installCodex } from './codex.js';
import { tellCollector } from './collector.js';
import { hostAll } from './hosted.js';
import { Recorder } from './recorder.js';
import { SchemaCheck } from './schema-check.js';
import { Screen } from './screen.js';
import { callEverything } from './scripted.js';
import { driveTerminal } from './terminal.js';

const versions = process.argv.length > 2 ? process.argv.slice(2) : ['0.123.0', 'latest'];

export interface Stage {
  codex: Codex;
  model: ModelServer;
  server: RunningServer;
  recorder: Recorder;
  folder: string;
}

let failed = 0;
let passed = 0;

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function check(name: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    passed += 1;
    say(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    say(`NOT OK  ${name}\n${error instanceof Error ? error.message : String(error)}`);
  }
}

function configFor(modelUrl: string): string {
  return `
[[keys]]
id = "main"
provider = "anthropic"
base_url = "${modelUrl}/v1"
env = "FAKE_KEY"
[[agents]]
name = "default"
models = ["main/claude-sonnet-4-5"]
permissions = { run_command = "ask" }
`;
}

async function withVersion(version: string, folder: string): Promise<void> {
  const codex = await installCodex(version, join(folder, `codex-${version}`));
  say(`\n@openai/codex ${codex.version}`);
  const [dataDir, home] = [join(folder, `data-${version}`), join(folder, `home-${version}`)];
  for (const path of [dataDir, home]) mkdirSync(path, { recursive: true });
  const model = await startModelServer();
  writeFileSync(join(dataDir, 'config.toml'), configFor(model.url));
  const server = await startServer({ dataDir, home, env: { FAKE_KEY: 'no-secret-at-all' } });
  const recorder = await Recorder.open(`${server.url.replace('http:', 'ws:')}/app-server`);
  const stage: Stage = { codex, model, server, recorder, folder };
  try {
    await callEverything(stage, check);
    await driveTerminal(stage, check);
    await check('every message is as the generated schema says', async () => heldToSchema(stage));
  } finally {
    recorder.close();
    await server.stop();
    await model.close();
  }
}

function heldToSchema({ codex, recorder }: Stage): void {
  const schema = new SchemaCheck(codex);
  const problems = recorder.recorded.flatMap((recorded) => schema.problemWith(recorded) ?? []);
  say(`        ${schema.count} messages; not known to this version: ${[...schema.unknown].join(', ') || 'none'}`);
  if (problems.length > 0) throw new Error(`${problems.length} problems:\n${problems.slice(0, 10).join('\n')}`);
  if (schema.count === 0) throw new Error('no message was recorded');
}

async function withAll(): Promise<void> {
  execFileSync('tmux', ['-V']);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'taffrail-interop-')));
  try {
    for (const version of versions)
      await withVersion(version, folder).catch((error: unknown) =>
        check(`${version} can be tried`, () => Promise.reject(error)),
      );
  } finally {
    await Screen.closeAll();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (versions[0] === 'hosted') await hostAll(versions.slice(1), check);
else if (versions[0] === 'collector') await tellCollector(check);
else await withAll();
say(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
