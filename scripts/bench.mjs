/** `npm run bench [-- arguments]`: prepares the clone, then runs bench/main.ts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { bootstrap, orExplain } from './bootstrap.mjs';
import { inTree, root, say } from './prepare/tree.mjs';

await orExplain(bootstrap());
const main = inTree('bench/main.ts');
if (existsSync(main)) {
  const args = ['--import', 'tsx', main, ...process.argv.slice(2)];
  const [code] = await once(spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }), 'exit');
  process.exitCode = code ?? 1;
} else {
  say('there is no bench/main.ts yet: nothing to measure');
  process.exitCode = 1;
}
