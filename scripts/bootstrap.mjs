/**
 * Installs what is missing and builds what is stale: what `npm start`, `npm test` and `npm run build` do first. Needs
 * nothing but Node and npm, because in a fresh clone there is nothing else.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, isBuilt } from './prepare/build.mjs';
import { install, isInstalled } from './prepare/install.mjs';
import { inTree, say } from './prepare/tree.mjs';
import { oneAtATime } from './prepare/turnstile.mjs';

const oldestNode = [20, 19];

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  say(`needs Node ${oldestNode.join('.')} or newer, this is ${process.versions.node}`);
  process.exit(1);
}

function locked(work) {
  return oneAtATime({
    lock: inTree('.cache/bootstrap'),
    onWait: () => say('another process prepares this clone, waiting for it'),
    work,
  });
}

/** Installs if needed. Does nothing, and takes no lock, when all is there. */
export async function installed() {
  refuseOldNode();
  if (isInstalled()) return;
  await locked((onChild) => isInstalled() || install(onChild));
}

/** Installs and builds if needed. */
export async function bootstrap() {
  await installed();
  if (isBuilt()) return;
  await locked(build);
}

/** Ends the process with one clear line when a preparation fails. */
export async function orExplain(preparation) {
  try {
    await preparation;
  } catch (error) {
    say(error.message);
    process.exit(1);
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await orExplain(bootstrap());
}
