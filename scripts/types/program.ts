/** One compiler program over the house's sources, and what the compiler and our own two rules have to say about it. */
import { dirname } from 'node:path';
import ts from 'typescript';
import { floatingPromise } from './promises.js';
import { inexhaustiveSwitch } from './switches.js';

/**
 * The program of a tsconfig. Throws if that cannot be read: a check that sees no files must not pass. It remembers nothing
 * from one run to the next: with `isolatedModules` the compiler's memory passes over files whose imports have changed.
 */
export function programOf(configPath: string): ts.Program {
  const { config, error } = ts.readConfigFile(configPath, ts.sys.readFile);
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(configPath));
  const first = errors[0];
  if (first) throw new Error(ts.flattenDiagnosticMessageText(first.messageText, '\n'));
  const { tsBuildInfoFile: _memory, ...rest } = options;
  return ts.createProgram(fileNames, { ...rest, incremental: false });
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
export function ownFiles(program: ts.Program): ts.SourceFile[] {
  return program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file));
}

/** What the compiler reports, then floating promises and incomplete switches. */
export function complaints(program: ts.Program): ts.Diagnostic[] {
  const checker = program.getTypeChecker();
  return [...ts.getPreEmitDiagnostics(program), ...ownFiles(program).flatMap((file) => complaintsIn(file, checker))];
}
