/** Runs programs to be measured: bundled first, so that no compiler's time is counted, each as a process of its own. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const workFolder = join(root, '.cache', 'bench');
export const programPath = join(root, 'dist', 'cli', 'taffrail.mjs');

/** Bundles `bench/<name>.ts`; returns the path of what runs. */
export async function bundled(name: string): Promise<string> {
  mkdirSync(workFolder, { recursive: true });
  const outfile = join(workFolder, `${name}.mjs`);
  await build({
    entryPoints: [join(root, 'bench', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['@photostructure/sqlite', '@parcel/watcher'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  return outfile;
}

export interface Run {
  stdout: string;
  wallMs: number;
}

export function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 256 * 1024 * 1024 };
    execFile(command, args, options, (error, stdout) => {
      if (error) reject(error);
      else resolve({ stdout, wallMs: performance.now() - began });
    });
  });
}

export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export interface Figure {
  name: string;
  measured: string;
  target: string;
  held: boolean;
}
