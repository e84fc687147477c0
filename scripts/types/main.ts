/** The type check of `npm run check`: what `tsc --noEmit` says, and two rules of ours that need types, in one pass. */
import ts from 'typescript';
import { complaints, ownFiles, programOf } from './program.js';

const program = programOf('tsconfig.json');
const found = complaints(program);
const host: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => process.cwd(),
  getNewLine: () => '\n',
};
process.stdout.write(ts.formatDiagnostics(found, host));
console.log(`${ownFiles(program).length} files, ${found.length} complaints`);
process.exitCode = found.length === 0 ? 0 : 1;
