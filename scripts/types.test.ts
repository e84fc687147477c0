/** The rules that need types, on small programs: each sees what it forbids and leaves alone what it allows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { complaints } from './types/program.js';

const types = fileURLToPath(new URL('../node_modules/@types', import.meta.url));
let folder: string;

// Each test starts a compiler: a second when the machine is idle, several when it is not.
vi.setConfig({ testTimeout: 60_000 });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'taffrail-types-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The lines that are complained about, counted from 1, in the body of a module that knows `slow`, `kind` and `writeFile`. */
function linesFound(body: string[]): number[] {
  const head =
    "import { writeFile } from 'node:fs/promises'; declare const kind: 'a' | 'b'; declare function slow(): Promise<void>; export { kind, slow, writeFile };";
  const path = join(folder, 'sample.ts');
  writeFileSync(path, [head, ...body].join('\n'));
  const program = ts.createProgram([path], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    typeRoots: [types],
    types: ['node'],
  });
  return complaints(program).map((found) => found.file?.getLineAndCharacterOfPosition(found.start ?? 0).line ?? -1);
}

test('a promise that nobody waits for is found, wherever its type comes from', () => {
  expect(
    linesFound([
      'slow();',
      "writeFile('a', 'b');",
      'slow().then(() => 1);',
      'kind && slow();',
      'slow().finally(() => 1);',
    ]),
  ).toEqual([1, 2, 3, 4, 5]);
});

test('a promise that is awaited, kept, caught or voided is left alone', () => {
  expect(
    linesFound([
      'await slow();',
      'void slow();',
      'let p = slow();',
      'p = slow();',
      'slow().catch(() => 1);',
      'slow().then(() => 1, () => 2);',
    ]),
  ).toEqual([]);
});

test('a switch over a union that leaves a case out and has no default is found', () => {
  expect(linesFound(["switch (kind) { case 'a': break; }"])).toEqual([1]);
});

test('a switch that names every case, ends in a default, or is over any string is left alone', () => {
  expect(
    linesFound([
      "switch (kind) { case 'a': break; case 'b': break; }",
      "switch (kind) { case 'a': break; default: break; }",
      "switch (String(kind)) { case 'a': break; }",
    ]),
  ).toEqual([]);
});

test('what the compiler itself reports is passed on', () => {
  expect(linesFound(['const wrong: number = kind;', 'export { wrong };'])).toEqual([1]);
});
