/** Builds the program (esbuild) and the web app (Vite) into dist/, each only if its sources changed since. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { bundleProgram } from './bundle-program.mjs';
import { fingerprint } from './fingerprint.mjs';
import { place } from './place.mjs';
import { inTree, say } from './tree.mjs';

const common = [
  'package-lock.json',
  'scripts/prepare/build.mjs',
  'scripts/prepare/bundle-program.mjs',
  'packages/wire',
  'packages/session',
  'packages/client',
];

const targets = [
  {
    name: 'program',
    folder: 'dist/cli',
    sources: [...common, 'packages/store', 'packages/importers', 'packages/agent', 'packages/server', 'packages/cli'],
    entry: 'taffrail.cjs',
    build: bundleProgram,
  },
  {
    name: 'web app',
    folder: 'dist/web',
    sources: [...common, 'packages/web'],
    entry: 'index.html',
    build: buildWeb,
  },
];

/** Returns the names of the files that others of the build are loaded by. */
async function buildWeb(outdir) {
  const args = [
    inTree('node_modules/vite/bin/vite.js'),
    'build',
    '--outDir',
    outdir,
    '--emptyOutDir',
    '--logLevel',
    'error',
  ];
  const env = { ...process.env, NODE_ENV: 'production' };
  const vite = spawn(process.execPath, args, { cwd: inTree('packages/web'), env, stdio: ['ignore', 2, 2] });
  const [code] = await once(vite, 'exit');
  if (code !== 0) throw new Error(`vite build failed (exit code ${code})`);
  return ['index.html'];
}

function stampPath(target) {
  return inTree(`${target.folder}.stamp.json`);
}

function readStamp(target) {
  if (!existsSync(stampPath(target))) return { hash: '', files: [] };
  return JSON.parse(readFileSync(stampPath(target), 'utf8'));
}

function isStale(target) {
  return (
    !existsSync(inTree(`${target.folder}/${target.entry}`)) || readStamp(target).hash !== fingerprint(target.sources)
  );
}

export function isBuilt() {
  return !targets.some(isStale);
}

async function rebuild(target) {
  const startedAt = Date.now();
  // Before the build: an edit made while it runs must count as newer.
  const hash = fingerprint(target.sources);
  const temporary = inTree(`dist/.building-${process.pid}-${target.folder.slice('dist/'.length)}`);
  const entries = await target.build(temporary);
  const files = place({
    from: temporary,
    to: inTree(target.folder),
    last: entries,
    keep: readStamp(target).files,
  });
  writeFileSync(stampPath(target), JSON.stringify({ hash, files }));
  say(`built the ${target.name} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** Builds what is stale. Call it while holding the lock: leftovers of a killed build are removed first. */
export async function build() {
  mkdirSync(inTree('dist'), { recursive: true });
  for (const name of readdirSync(inTree('dist'))) {
    if (name.startsWith('.building-')) rmSync(inTree(`dist/${name}`), { recursive: true, force: true });
  }
  // Both are waited for, whichever fails: a half-finished build must not go on after the lock is given back.
  const results = await Promise.allSettled(targets.filter(isStale).map(rebuild));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
