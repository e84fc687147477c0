/** Who may import whom. Nothing imports upwards; packages meet at their index. */
import { posix } from 'node:path';
import ts from 'typescript';
import { type HouseFile, isCode, isTest, lineOf, roomOf, treeOf, walk } from './house.js';
import type { Rule } from './rule.js';

/** From each room, the rooms it may see. `testing` holds the suites of the contracts, so it sees those who sign them. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  session: ['wire'],
  store: ['session', 'wire'],
  importers: ['session', 'wire'],
  agent: ['session', 'wire'],
  client: ['session', 'wire'],
  server: ['agent', 'importers', 'store', 'session', 'wire'],
  web: ['client', 'session', 'wire'],
  cli: ['server', 'client', 'session', 'wire'],
  testing: ['store', 'importers', 'session', 'wire'],
};

/** Rooms whose code also runs in a browser. */
const browserRooms = ['wire', 'session', 'client', 'web'];

interface Import {
  specifier: string;
  line: number;
}

function specifierOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal as ts.Expression;
  const isDynamicImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isDynamicImport ? node.arguments[0] : undefined;
}

/** Every module that a code file names, statically, dynamically or as a type. */
export function importsOf(file: HouseFile): Import[] {
  const tree = treeOf(file);
  const found: Import[] = [];
  walk(tree, (node) => {
    const specifier = specifierOf(node);
    if (specifier && ts.isStringLiteralLike(specifier)) {
      found.push({ specifier: specifier.text, line: lineOf(tree, node.getStart(tree)) });
    }
  });
  return found;
}

/** The room that a bare specifier names: `@taffrail/wire` is wire, `taffrail` is cli; null for anything else. */
function roomNamed(specifier: string): string | null {
  if (specifier === 'taffrail' || specifier.startsWith('taffrail/')) return 'cli';
  return /^@taffrail\/([^/]+)/.exec(specifier)?.[1] ?? null;
}

function mayImport(path: string, room: string): boolean {
  const from = roomOf(path);
  if (from === null || from === room) return true;
  // The testing room is open to all; that nothing of it ships is held in shipped.ts.
  return room === 'testing' || arrows[from]?.includes(room) === true;
}

function complain(file: HouseFile, isWrong: (specifier: string) => boolean): string[] {
  if (!isCode(file.path)) return [];
  return importsOf(file)
    .filter(({ specifier }) => isWrong(specifier))
    .map(({ specifier, line }) => `${file.path}:${line} imports ${specifier}`);
}

/** True for a relative import that ends in another package, or from outside in any package. */
function reachesAcross(path: string, specifier: string): boolean {
  if (!specifier.startsWith('.')) return false;
  const target = posix.join(posix.dirname(path), specifier);
  return roomOf(`${target}/`) !== roomOf(path);
}

export const arrowRules: Rule[] = [
  {
    says: 'a room imports only the rooms below it',
    find: (file) =>
      complain(file, (specifier) => {
        const room = roomNamed(specifier);
        return room !== null && !mayImport(file.path, room);
      }),
    counterExample: { path: 'packages/session/src/a.ts', text: "export { openStore } from '@taffrail/store';" },
  },
  {
    says: 'packages meet at their index: no import of a file inside another package',
    find: (file) => complain(file, (specifier) => /^(@taffrail\/[^/]+|taffrail)\//.test(specifier)),
    counterExample: { path: 'packages/web/src/a.ts', text: "const row = await import('@taffrail/wire/src/row.js');" },
  },
  {
    says: 'a relative import stays inside its package',
    find: (file) => complain(file, (specifier) => reachesAcross(file.path, specifier)),
    counterExample: { path: 'packages/web/src/a.ts', text: "import type { Row } from '../../wire/src/row.js';" },
  },
  {
    says: 'rooms that run in a browser import nothing of Node, except in their tests',
    find: (file) =>
      browserRooms.includes(roomOf(file.path) ?? '') && file.path.includes('/src/') && !isTest(file.path)
        ? complain(file, (specifier) => specifier.startsWith('node:'))
        : [],
    counterExample: { path: 'packages/session/src/a.ts', text: "import { createHash } from 'node:crypto';" },
  },
  {
    says: 'a package.json names no room that its code may not import',
    find: (file) => {
      const room = /^packages\/([^/]+)\/package\.json$/.exec(file.path)?.[1];
      if (room === undefined) return [];
      const { dependencies = {} } = JSON.parse(file.text) as { dependencies?: Record<string, string> };
      const rooms = Object.keys(dependencies).flatMap((name) => roomNamed(name) ?? []);
      return rooms.filter((name) => !arrows[room]?.includes(name)).map((name) => `${file.path} depends on ${name}`);
    },
    counterExample: { path: 'packages/wire/package.json', text: '{"dependencies": {"@taffrail/session": "0.1.0"}}' },
  },
  {
    says: 'every room stands in the table of arrows',
    find: (file) => {
      const room = roomOf(file.path);
      return room === null || room in arrows ? [] : [`${file.path} is in the unknown room ${room}`];
    },
    counterExample: { path: 'packages/attic/src/a.ts', text: '' },
  },
];
