/**
 * `npm test [-- paths]`: prepares the clone, runs every test (or those whose path contains one of the arguments), and
 * ends with the line `N passed, N failed`. Exits 0 only if something passed and nothing failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { bootstrap, orExplain } from './bootstrap.mjs';
import { countTests } from './prepare/count-tests.mjs';
import { inTree, root } from './prepare/tree.mjs';

await orExplain(bootstrap());

const report = inTree(`test-results/vitest-${process.pid}.json`);
mkdirSync(inTree('test-results'), { recursive: true });
const vitest = spawn(
  process.execPath,
  [
    inTree('node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
// A run that is told to stop still says what it counted.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => vitest.kill(signal));
const [exitCode] = await once(vitest, 'exit');
const json = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null;
rmSync(report, { force: true });

const { passed, failed, notes } = countTests({ json, exitCode });
for (const note of notes) console.log(note);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
