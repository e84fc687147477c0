/** `npm run test:interop`: prepares the clone, then lets real clients of the app-server protocol loose on it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bootstrap, orExplain } from './bootstrap.mjs';
import { inTree, root } from './prepare/tree.mjs';

await orExplain(bootstrap());
const args = ['--import', 'tsx', inTree('interop/main.ts'), ...process.argv.slice(2)];
const [code] = await once(spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }), 'exit');
process.exitCode = code ?? 1;
