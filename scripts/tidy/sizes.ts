/** Files and functions short enough to be read in one go. */
import ts from 'typescript';
import { type HouseFile, isCode, lineOf, treeOf, walk } from './house.js';
import type { Rule } from './rule.js';

const fileLinesMax = 400;
const functionLinesMax = 70;

function linesIn(text: string): number {
  return text.trimEnd().split('\n').length;
}

function isDescribe(node: ts.Node): boolean {
  return ts.isCallExpression(node) && /^describe\b/.test(node.expression.getText());
}

/**
 * The callback of `describe` is a chapter, not a function, and so is a contract suite, whose body is made of
 * chapters: both may be as long as their file.
 */
function isChapter(node: ts.SignatureDeclaration): boolean {
  if (isDescribe(node.parent)) return true;
  const body = ts.isFunctionDeclaration(node) ? node.body : undefined;
  return body?.statements.some((line) => ts.isExpressionStatement(line) && isDescribe(line.expression)) === true;
}

function longFunctions(file: HouseFile): string[] {
  if (!isCode(file.path)) return [];
  const tree = treeOf(file);
  const found: string[] = [];
  walk(tree, (node) => {
    if (!ts.isFunctionLike(node) || isChapter(node)) return;
    const first = lineOf(tree, node.getStart(tree));
    const length = lineOf(tree, node.getEnd()) - first + 1;
    if (length > functionLinesMax) found.push(`${file.path}:${first} has a function of ${length} lines`);
  });
  return found;
}

export const sizeRules: Rule[] = [
  {
    says: `a source file has at most ${fileLinesMax} lines`,
    find: (file) => {
      const length = linesIn(file.text);
      const counts = isCode(file.path) || file.path.endsWith('.css');
      return counts && length > fileLinesMax ? [`${file.path} has ${length} lines`] : [];
    },
    counterExample: { path: 'packages/wire/src/a.ts', text: 'export {};\n'.repeat(fileLinesMax + 1) },
  },
  {
    says: `a function has at most ${functionLinesMax} lines`,
    find: longFunctions,
    counterExample: {
      path: 'packages/wire/src/a.ts',
      text: `export const f = () => {\n${'  g();\n'.repeat(functionLinesMax)}};`,
    },
  },
];
