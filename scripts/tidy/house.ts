/** The house as the tidy rules see it: the files git knows or would add, with their text and their syntax tree. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface HouseFile {
  /** Path from the root of the clone, with `/`. */
  path: string;
  text: string;
}

const textual = /\.(tsx?|mts|mjs|js|css|html|json|jsonl|md|toml|sh|yml|yaml|sql|txt)$|(^|\/)(\.npmrc|\.gitignore|run)$/;
const code = /\.(tsx?|mts|mjs|js)$/;

/** Every text file of the house, tracked or new; not what git ignores. */
export function readHouse(): HouseFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  const paths = [...new Set(listed.toString().split('\0'))].filter((path) => textual.test(path));
  return paths
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

export function isCode(path: string): boolean {
  return code.test(path) && !isFixture(path);
}

/** Recorded material of others: none of our rules of form apply to it. */
export function isFixture(path: string): boolean {
  return path.includes('/fixtures/');
}

export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}

/** The room a path is in (`packages/<room>/…`), or null outside packages/. */
export function roomOf(path: string): string | null {
  return /^packages\/([^/]+)\//.exec(path)?.[1] ?? null;
}

const parsed = new WeakMap<HouseFile, ts.SourceFile>();

/** The syntax tree of a code file, parsed once. */
export function treeOf(file: HouseFile): ts.SourceFile {
  const known = parsed.get(file);
  if (known) return known;
  const kind = file.path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true, kind);
  parsed.set(file, tree);
  return tree;
}

/** Visits every node below and including `node`. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

export function lineOf(tree: ts.SourceFile, position: number): number {
  return tree.getLineAndCharacterOfPosition(position).line + 1;
}
