/** Installs the packages of package-lock.json when node_modules is missing or holds something else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fingerprint } from './fingerprint.mjs';
import { inTree, root, say } from './tree.mjs';

const marker = inTree('node_modules/.taffrail-lock');

/** The lock and the platform: a clone shared between two systems needs other binaries. */
function wanted() {
  return `${fingerprint(['package-lock.json'])} ${process.platform} ${process.arch}`;
}

/** True if what npm says it last installed is what the lock asks for: the developer ran `npm install` by hand. */
function installedByHand() {
  const record = inTree('node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const locked = JSON.parse(readFileSync(inTree('package-lock.json'), 'utf8')).packages;
  return Object.entries(locked)
    .filter(([path, entry]) => path.includes('node_modules/') && (installed[path] || !entry.optional))
    .every(([path, entry]) => {
      const found = installed[path];
      return found?.version === entry.version && found?.integrity === entry.integrity;
    });
}

export function isInstalled() {
  return existsSync(marker) && readFileSync(marker, 'utf8') === wanted();
}

/**
 * Throws with one clear sentence if npm fails; npm's own words went to stderr before. `onChild` is told npm's pid: two npm at
 * once would destroy each other's work, so whoever comes next must wait for it even if this process is killed.
 */
export async function install(onChild) {
  if (!installedByHand()) await runNpm(onChild);
  writeFileSync(marker, wanted());
}

async function runNpm(onChild) {
  say('installing the packages of package-lock.json (npm ci); the first time this takes a minute');
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  if (process.env.CI === 'true') args.push('--engine-strict');
  // Run by npm, its own script is known: the `npm` on PATH may be another version, or none.
  const npmScript = process.env.npm_execpath?.endsWith('.js') ? process.env.npm_execpath : null;
  const [program, first] = npmScript ? [process.execPath, [npmScript]] : ['npm', []];
  const npm = spawn(program, [...first, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  onChild(npm.pid);
  const [code] = await once(npm, 'exit');
  if (code !== 0) throw new Error(`npm ci failed (exit code ${code})`);
}
