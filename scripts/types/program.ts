/** One compiler program over the house's sources, and what the compiler and our own two rules have to say about it. */
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { floatingPromise } from './promises.js';
import { inexhaustiveSwitch } from './switches.js';

/** A program that knows from its last clean check which files it need not look at again. */
export type CheckedProgram = ts.EmitAndSemanticDiagnosticsBuilderProgram;

/** The program of a tsconfig. Throws if that cannot be read: a check that sees no files must not pass. */
export function programOf(configPath: string): CheckedProgram {
  const { config, error } = ts.readConfigFile(configPath, ts.sys.readFile);
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(configPath));
  const first = errors[0];
  if (first) throw new Error(ts.flattenDiagnosticMessageText(first.messageText, '\n'));
  // Not the file that tsc itself keeps: tsc knows nothing of our rules, so its memory would hide their findings.
  const tsBuildInfoFile = join(dirname(configPath), 'node_modules/.cache/taffrail-types.tsbuildinfo');
  return checkedProgram(fileNames, { ...options, incremental: true, tsBuildInfoFile });
}

/** The program of some files; `options` say by `incremental` and `tsBuildInfoFile` whether and where it remembers. */
export function checkedProgram(rootNames: string[], options: ts.CompilerOptions): CheckedProgram {
  return ts.createIncrementalProgram({ rootNames, options });
}

function asDiagnostic(node: ts.Node, file: ts.SourceFile, messageText: string): ts.Diagnostic {
  const start = node.getStart(file);
  return { category: ts.DiagnosticCategory.Error, code: 0, file, start, length: node.getEnd() - start, messageText };
}

function complaintsIn(file: ts.SourceFile, checker: ts.TypeChecker): ts.Diagnostic[] {
  const found: ts.Diagnostic[] = [];
  function visit(node: ts.Node): void {
    const message = floatingPromise(node, checker) ?? inexhaustiveSwitch(node, checker);
    if (message !== null) found.push(asDiagnostic(node, file, message));
    ts.forEachChild(node, visit);
  }
  visit(file);
  return found;
}

/** The sources that are ours: everything the program holds but declarations and installed packages. */
export function ownFiles(checked: CheckedProgram): ts.SourceFile[] {
  const program = checked.getProgram();
  return checked
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file));
}

/**
 * What the compiler reports, then floating promises and incomplete switches, in the files that changed since the last clean
 * check or depend on such. A clean check is remembered; one with complaints is not, so they come again until they are mended.
 */
export function complaints(checked: CheckedProgram): ts.Diagnostic[] {
  const found = [...checked.getOptionsDiagnostics(), ...checked.getGlobalDiagnostics()];
  for (const file of checked.getSourceFiles()) found.push(...checked.getSyntacticDiagnostics(file));
  const affected = new Set<ts.SourceFile>();
  for (
    let next = checked.getSemanticDiagnosticsOfNextAffectedFile();
    next;
    next = checked.getSemanticDiagnosticsOfNextAffectedFile()
  ) {
    found.push(...next.result);
    if ('fileName' in next.affected) affected.add(next.affected);
    else for (const file of next.affected.getSourceFiles()) affected.add(file);
  }
  const checker = checked.getProgram().getTypeChecker();
  const ours = ownFiles(checked).filter((file) => affected.has(file));
  found.push(...ours.flatMap((file) => complaintsIn(file, checker)));
  if (found.length === 0) checked.emit();
  return found;
}
