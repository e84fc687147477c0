/** The measured programs: bundled like the released one, so that neither a compiler nor a loader is measured with them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const clone = fileURLToPath(new URL('..', import.meta.url));
/** The command as it is released. */
export const cliPath = join(clone, 'packages/cli/bin/taffrail.cjs');
/** Where corpora, archives and bundles are kept between runs. Git ignores it. */
export const cache = join(clone, '.cache/bench');

const programs = { floor: 'bench/floor/floor.ts', importOnce: 'bench/import-once.ts' } as const;
export type ProgramName = keyof typeof programs;

export async function bundlePrograms(): Promise<void> {
  await build({
    entryPoints: Object.fromEntries(Object.entries(programs).map(([name, path]) => [name, join(clone, path)])),
    outdir: join(cache, 'programs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
    external: ['@photostructure/sqlite', '@parcel/watcher'],
    banner: {
      js: "import { createRequire as nodeRequire } from 'node:module';\nconst require = nodeRequire(import.meta.url);",
    },
  });
}

export const pathOf = (name: ProgramName): string => join(cache, 'programs', `${name}.mjs`);

/** Runs a measured program and returns what it printed, as JSON. */
export async function run<Result>(name: ProgramName, ...args: string[]): Promise<Result> {
  return JSON.parse(await outputOf(process.execPath, [pathOf(name), ...args])) as Result;
}

/** What a command prints. @throws when it fails. */
export async function outputOf(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'], cwd: clone });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return text;
}
