/**
 * `npm run dev [-- serve flags]`: the server, restarted when its source changes, beside Vite's development server for the
 * web app. Ctrl-C, or the end of either, stops both.
 */
import { spawn } from 'node:child_process';
import { installed, orExplain } from './bootstrap.mjs';
import { inTree, root, say } from './prepare/tree.mjs';

await orExplain(installed());

const tsx = inTree('node_modules/tsx/dist/cli.mjs');
const vite = inTree('node_modules/vite/bin/vite.js');
const server = [tsx, 'watch', '--clear-screen=false', 'packages/cli/src/main.ts', 'serve', '--no-open'];
const children = [
  spawn(process.execPath, [...server, ...process.argv.slice(2)], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  }),
  spawn(process.execPath, [vite], { cwd: inTree('packages/web'), stdio: ['ignore', 'inherit', 'inherit'] }),
];

say('sign in with the link that the server prints, then open http://127.0.0.1:7421 for the app as it is being edited');

let stopping = false;

function stopAll() {
  stopping = true;
  for (const child of children) child.kill('SIGTERM');
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stopAll);
for (const child of children) {
  child.on('exit', (code) => {
    if (stopping) return;
    say(`${child.spawnargs[1]} ended with exit code ${code}`);
    process.exitCode = code ?? 1;
    stopAll();
  });
}
