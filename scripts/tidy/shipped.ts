/** What ends up in the program, as told by imports; and that the tools of tests never do. */
import { posix } from 'node:path';
import { importsOf } from './arrows.js';
import type { HouseFile } from './house.js';

/** Where programs and packages begin. */
const beginnings = /^packages\/[^/]+\/src\/(index\.ts|main\.tsx?|import\/worker\.ts)$/;
const toolsOfTests = /^(@taffrail\/testing|vitest|fast-check|playwright-core)(\/|$)/;

/** The source that a relative import means: its `.js` stands for one of ours. */
function sourceOf(from: string, specifier: string): string[] {
  const stem = posix.join(posix.dirname(from), specifier).replace(/\.js$/, '');
  return [stem, `${stem}.ts`, `${stem}.tsx`];
}

/** The files reached by relative imports from where a package or program begins; the testing room ships nothing. */
export function shipped(house: readonly HouseFile[]): HouseFile[] {
  const byPath = new Map(house.map((file) => [file.path, file]));
  const reached = new Set(
    house.filter((file) => beginnings.test(file.path) && !file.path.startsWith('packages/testing/')),
  );
  for (const file of reached) {
    const relative = importsOf(file).filter(({ specifier }) => specifier.startsWith('.'));
    for (const path of relative.flatMap(({ specifier }) => sourceOf(file.path, specifier))) {
      const next = byPath.get(path);
      if (next) reached.add(next);
    }
  }
  return [...reached];
}

/** Imports of what only tests may use, in files that ship. */
export function testToolsShipped(house: readonly HouseFile[]): string[] {
  return shipped(house).flatMap((file) =>
    importsOf(file)
      .filter(({ specifier }) => toolsOfTests.test(specifier))
      .map(({ specifier, line }) => `${file.path}:${line} imports ${specifier}`),
  );
}
