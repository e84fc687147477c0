/** `npm run check`: format, lint, types, unused code, architecture and unit tests, two steps at a time. Silent but for what fails. */
import { spawn } from 'node:child_process';
import { installed, orExplain } from './bootstrap.mjs';
import { inTree, root } from './prepare/tree.mjs';

const bin = (path) => inTree(`node_modules/${path}`);
const vitest = [bin('vitest/vitest.mjs'), 'run', '--project=unit', '--reporter=dot'];

/** The long ones first: the short ones then fill the second place. */
const steps = [
  { name: 'unit tests', args: [...vitest, 'packages', 'bench'] },
  { name: 'types and promises', args: [bin('tsx/dist/cli.mjs'), 'scripts/types/main.ts'] },
  { name: 'unused code (knip)', args: [bin('knip/bin/knip.js')] },
  { name: 'architecture and scripts', args: [...vitest, 'scripts'] },
  { name: 'format and lint (biome)', args: [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.'] },
];

function run(step) {
  const startedAt = Date.now();
  const child = spawn(process.execPath, step.args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ ok: code === 0, ms: Date.now() - startedAt, output: Buffer.concat(output) }));
  });
}

await orExplain(installed());
const startedAt = Date.now();
const waiting = [...steps];
const failed = [];

async function worker() {
  for (let step = waiting.shift(); step; step = waiting.shift()) {
    const { ok, ms, output } = await run(step);
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${step.name.padEnd(26)} ${(ms / 1000).toFixed(1).padStart(5)} s`);
    if (ok) continue;
    failed.push(step.name);
    process.stdout.write(output);
  }
}

await Promise.all([worker(), worker()]);
const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
console.log(
  failed.length === 0 ? `all ${steps.length} steps ok in ${seconds} s` : `failed: ${failed.join(', ')} (${seconds} s)`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
