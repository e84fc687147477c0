/** Permissions: what a tool may do by itself, what is asked, what is never done. Pure. */
import type { Permissions, Rule } from '@taffrail/wire';
import { matches, specificity } from './pattern.js';

export { type Permissions, permissionsSchema, type Rule } from '@taffrail/wire';

const defaults: Readonly<Record<string, Rule>> = {
  read: 'allow',
  list: 'allow',
  glob: 'allow',
  grep: 'allow',
  tasks: 'allow',
  agent: 'allow',
  write: 'allow',
  edit: 'allow',
  run_command: 'ask',
};

/** How a command line begins that a shell reads. */
const shellStart = 'sh: ';
/** All that lets a shell line be more than one plain command, or write to a file; also what is not printed. */
const joining = /[;&|<>()`$\\{}!#]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const strictness: Readonly<Record<Rule, number>> = { allow: 0, ask: 1, deny: 2 };

/** The rule for a tool that no configuration names. A tool nobody knows is asked for. */
export function defaultRule(tool: string): Rule {
  return Object.hasOwn(defaults, tool) ? (defaults[tool] ?? 'ask') : 'ask';
}

/** A shell line that is several commands, or may be: `git status; rm -rf x`. */
function isCompound(tool: string, subject: string): boolean {
  return tool === 'run_command' && subject.startsWith(shellStart) && joining.test(subject.slice(shellStart.length));
}

/** The commands of a shell line, roughly: enough to find one that is forbidden, never to allow one. */
function commandsIn(tool: string, subject: string): string[] {
  if (tool !== 'run_command' || !subject.startsWith(shellStart)) return [subject];
  const line = subject.slice(shellStart.length);
  const parts = line.split(/&&|\|\||\$\(|[;&|()`{}\n<>]/).map((part) => part.trim());
  return [subject, line, ...parts, ...parts.map((part) => shellStart + part)];
}

/** A pattern that stands for everything: only such a one allows a line of several commands. */
function meansAll(pattern: string): boolean {
  return pattern === '*' || pattern === `${shellStart}*`;
}

function applies(pattern: string, rule: Rule, tool: string, subject: string): boolean {
  if (rule !== 'allow') return commandsIn(tool, subject).some((part) => matches(pattern, part));
  if (isCompound(tool, subject) && !meansAll(pattern) && !isExact(pattern)) return false;
  return matches(pattern, subject);
}

/** A pattern without a free part is a line that somebody has read as a whole. */
function isExact(pattern: string): boolean {
  return !/(?<!\\)(\\\\)*\*/.test(pattern);
}

function ruleOfTable(table: Readonly<Record<string, Rule>>, tool: string, subject: string): Rule {
  const found = Object.entries(table).filter(([pattern, rule]) => applies(pattern, rule, tool, subject));
  const [best] = found.sort(
    ([a, ruleA], [b, ruleB]) => specificity(b) - specificity(a) || strictness[ruleB] - strictness[ruleA],
  );
  if (best) return best[1];
  // A table that allows something lists what is allowed: the rest is not, whatever the tool's default is.
  const listsAllowed = Object.values(table).includes('allow');
  const rest = defaultRule(tool);
  return listsAllowed && rest === 'allow' ? 'ask' : rest;
}

/**
 * Whether a tool may do something.
 *
 * Of the patterns that match, the most specific wins: the one with the most characters that are not `*`; of equals, the
 * strictest. `*` stands for anything, also nothing and `/`. A line for the shell begins with `sh: `, so a rule for it
 * says so; one that joins commands, redirects or expands is allowed only by `*`, `sh: *` or exactly itself, and denied
 * or asked by a pattern that matches any of its commands. Tools of MCP servers may be named by a pattern too.
 * @param subject What the tool says of its input: the command line, or the path relative to the session's folder.
 */
export function decide(permissions: Permissions, tool: string, subject: string): Rule {
  const entry = entryOf(permissions, tool);
  if (entry === undefined) return defaultRule(tool);
  return typeof entry === 'string' ? entry : ruleOfTable(entry, tool, subject);
}

/** Tools from elsewhere are many, and come and go: their rules may stand under a pattern that begins like all of them. */
const manyTools = 'mcp__';

/** What is said of a tool by its name, else by the most specific pattern of names; of equals, the strictest rule. */
function entryOf(permissions: Permissions, tool: string): Permissions[string] | undefined {
  if (Object.hasOwn(permissions, tool)) return permissions[tool];
  if (!tool.startsWith(manyTools)) return undefined;
  const found = Object.entries(permissions).filter(([name]) => name.startsWith(manyTools) && matches(name, tool));
  const [best] = found.sort(
    ([a, entryA], [b, entryB]) => specificity(b) - specificity(a) || strictnessOf(entryB) - strictnessOf(entryA),
  );
  return best?.[1];
}

function strictnessOf(entry: Permissions[string] | undefined): number {
  return typeof entry === 'string' ? strictness[entry] : strictness.ask;
}

/** The pattern that "always" stands for: this subject and no other one. It is shown to whoever is asked. */
export function alwaysPattern(subject: string): string {
  return subject.replace(/[\\*]/g, '\\$&');
}

/** The permissions with one more pattern for a tool, as an answer "always" adds it for the session. */
export function withPattern(permissions: Permissions, tool: string, pattern: string, rule: Rule): Permissions {
  const entry = entryOf(permissions, tool);
  const table = typeof entry === 'object' ? entry : { '*': entry ?? defaultRule(tool) };
  return { ...permissions, [tool]: { ...table, [pattern]: rule } };
}
