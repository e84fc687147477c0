/** Permissions as lines of a form and back: a rule per tool, patterns with rules of their own. Pure. */
import type { Permissions, Rule } from '@taffrail/wire';

export interface PatternLine {
  pattern: string;
  rule: Rule;
}

export interface ToolLine {
  tool: string;
  /** For all that no pattern is for; `null`: as it is where nothing is configured. */
  rule: Rule | null;
  patterns: PatternLine[];
}

const everything = '*';

/** A line for each tool the agent has, and for those that rules name all the same. */
export function linesOf(permissions: Permissions, tools: readonly string[]): ToolLine[] {
  return [...new Set([...tools, ...Object.keys(permissions)])].map((tool) => {
    const entry = Object.hasOwn(permissions, tool) ? permissions[tool] : undefined;
    if (entry === undefined) return { tool, rule: null, patterns: [] };
    if (typeof entry === 'string') return { tool, rule: entry, patterns: [] };
    const patterns = Object.entries(entry).map(([pattern, rule]) => ({ pattern, rule }));
    return {
      tool,
      rule: entry[everything] ?? null,
      patterns: patterns.filter(({ pattern }) => pattern !== everything),
    };
  });
}

/** What the lines say; lines that say nothing, and patterns without text, are left out. */
export function permissionsOf(lines: readonly ToolLine[]): Permissions {
  const permissions: Permissions = {};
  for (const { tool, rule, patterns } of lines) {
    const named = patterns.filter(({ pattern }) => pattern.trim() !== '');
    const table = Object.fromEntries(named.map((line) => [line.pattern.trim(), line.rule]));
    if (named.length > 0) permissions[tool] = rule === null ? table : { ...table, [everything]: rule };
    else if (rule !== null) permissions[tool] = rule;
  }
  return permissions;
}

/** The rule for what no pattern is for, where none is chosen: a table that allows something allows nothing else. */
export function restRule({ rule, patterns }: ToolLine, usual: Rule): Rule {
  if (rule !== null) return rule;
  return usual === 'allow' && patterns.some((line) => line.rule === 'allow') ? 'ask' : usual;
}

/** A pattern that stands twice: the later one would silently win. */
export function twice(lines: readonly ToolLine[]): string | null {
  for (const { tool, patterns } of lines) {
    const names = patterns.map(({ pattern }) => pattern.trim()).filter((name) => name !== '');
    const found = names.find((name, index) => names.indexOf(name) !== index || name === everything);
    if (found === everything) return `${tool}: * is the line of the tool itself`;
    if (found !== undefined) return `${tool}: ${found} stands there twice`;
  }
  return null;
}
