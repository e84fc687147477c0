/**
 * `npm start [-- serve flags]`: prepares the clone, then serves. The program runs in this very process, so signals,
 * exit code and terminal are its own, and killing this process leaves no server behind.
 */
import { bootstrap, orExplain } from './bootstrap.mjs';
import { inTree } from './prepare/tree.mjs';

await orExplain(bootstrap());
const program = inTree('packages/cli/bin/taffrail.cjs');
const flags = process.argv.slice(2).filter((flag, index) => index > 0 || flag !== '--');
process.argv = [process.argv[0], program, 'serve', ...flags];
await import(program);
