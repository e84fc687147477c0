/** What must not be written in a source, and the sentence each one must begin with. */
import ts from 'typescript';
import { type HouseFile, isCode, isFixture, lineOf, treeOf, walk } from './house.js';
import type { Rule } from './rule.js';

/** Each line that `pattern` is found in. The patterns below are spelt so that they do not find themselves. */
function linesWith(file: HouseFile, pattern: RegExp): string[] {
  return file.text.split('\n').flatMap((line, index) => {
    const found = pattern.exec(line);
    return found ? [`${file.path}:${index + 1} says ${found[0]}`] : [];
  });
}

function anyTypes(file: HouseFile): string[] {
  if (!isCode(file.path)) return [];
  const tree = treeOf(file);
  const found: string[] = [];
  walk(tree, (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(`${file.path}:${lineOf(tree, node.getStart(tree))}`);
  });
  return found;
}

const unfinished = /\b(TO[D]O|FIX[M]E)\b/;
const silenced = /@ts-(ignor[e]|nochec[k])/;
/** Folders of one machine and one workplace, and hosts of package registries: nothing a stranger's clone would have. */
const elsewhere =
  /(\/wor[k]\/(main|shared)\b|\/roo[t]\/\.|\breal-log[s]\b|registr[y]\.[a-z0-9-]+\.[a-z]+|artifactor[y]|verdacci[o])/i;
const outside = /\bshare[d]\//;
const opening = /^(#![^\n]*\n)?\/\*\*?\s*\*?\s*\S+\s+\S+/;

export const wordRules: Rule[] = [
  {
    says: 'nothing is left for later in a comment: it is done, or it is an issue',
    find: (file) => (isFixture(file.path) ? [] : linesWith(file, unfinished)),
    counterExample: { path: 'packages/web/src/a.css', text: `/* ${'to'}${'do'}: darker */`.toUpperCase() },
  },
  {
    says: 'no type is switched off: no `any`',
    find: anyTypes,
    counterExample: { path: 'packages/wire/src/a.ts', text: 'export const rows = [] as Array<any>;' },
  },
  {
    says: 'the compiler is not silenced',
    find: (file) => (isCode(file.path) ? linesWith(file, silenced) : []),
    counterExample: { path: 'packages/wire/src/a.ts', text: `// @ts-${'ignore'}` },
  },
  {
    says: 'a source file begins with a comment that says what it is',
    find: (file) => {
      const wantsOne = (isCode(file.path) || file.path.endsWith('.css')) && !opening.test(file.text);
      return wantsOne ? [file.path] : [];
    },
    counterExample: { path: 'packages/wire/src/a.ts', text: "import { z } from 'zod';\n/** Too late for this. */" },
  },
  {
    says: 'no folder of one machine and no registry host is named',
    find: (file) => linesWith(file, elsewhere),
    counterExample: { path: 'docs/a.md', text: `see ${'/work'}/main/packages` },
  },
  {
    says: 'nothing outside the clone is referred to',
    find: (file) => (isFixture(file.path) || file.path === 'package-lock.json' ? [] : linesWith(file, outside)),
    counterExample: { path: 'docs/a.md', text: `see ../${'shared'}/facts` },
  },
];
