/** The rules that need types, on a small program: each sees what it forbids and leaves alone what it allows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';
import { complaints } from './types/program.js';

const samples = {
  floating: [
    'slow();',
    "writeFile('a', 'b');",
    'slow().then(() => 1);',
    "kind === 'a' && slow();",
    'slow().finally(() => 1);',
  ],
  handled: [
    'await slow();',
    'void slow();',
    'let p = slow();',
    'p = slow();',
    'slow().catch(() => 1);',
    'slow().then(() => 1, () => 2);',
  ],
  incomplete: ["switch (kind) { case 'a': break; }", "switch (event.kind) { case 'x': case 'y': break; }"],
  complete: [
    "switch (kind) { case 'a': break; case 'b': break; }",
    "switch (kind) { case 'a': break; default: break; }",
    "switch (String(kind)) { case 'a': break; }",
  ],
  wrong: ['export const wrong: number = kind;'],
};

const head = [
  "import { writeFile } from 'node:fs/promises';",
  "import { z } from 'zod';",
  "const schema = z.object({ kind: z.enum(['x', 'y', 'z']) });",
  'declare const event: z.infer<typeof schema>;',
  "declare const kind: 'a' | 'b';",
  'declare function slow(): Promise<void>;',
  'export { event, kind, slow, writeFile };',
].join(' ');

/** Per sample the lines that are complained about, counted from 1. */
const found: Record<string, number[]> = {};

// A compiler starts in a second when the machine is idle, in several when it is not.
beforeAll(() => {
  const folder = mkdtempSync(join(fileURLToPath(new URL('../node_modules/', import.meta.url)), '.types-test-'));
  const paths = Object.entries(samples).map(([name, lines]) => {
    const path = join(folder, `${name}.ts`);
    writeFileSync(path, [head, ...lines].join('\n'));
    return path;
  });
  const program = ts.createProgram(paths, {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  });
  for (const { file, start } of complaints(program)) {
    const name = basename(file?.fileName ?? 'nowhere', '.ts');
    found[name] = [...(found[name] ?? []), file?.getLineAndCharacterOfPosition(start ?? 0).line ?? -1];
  }
  rmSync(folder, { recursive: true });
}, 60_000);

test('a promise that nobody waits for is found, wherever its type comes from', () => {
  expect(found.floating).toEqual([1, 2, 3, 4, 5]);
});

test('a promise that is awaited, kept, caught or voided is left alone', () => {
  expect(found.handled).toBeUndefined();
});

test('a switch over a union that leaves a case out and has no default is found, in inferred types too', () => {
  expect(found.incomplete).toEqual([1, 2]);
});

test('a switch that names every case, ends in a default, or is over any string is left alone', () => {
  expect(found.complete).toBeUndefined();
});

test('what the compiler itself reports is passed on', () => {
  expect(found.wrong).toEqual([1]);
});
