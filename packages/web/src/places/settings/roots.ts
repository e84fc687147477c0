/** What belongs to an import root: its problems, and what its agent never writes down. */
import type { ImporterCapabilities, ImportProblem, ImportRoot } from '@taffrail/wire';

/** The problems in files under a root. */
export function problemsOf(root: Pick<ImportRoot, 'path'>, problems: readonly ImportProblem[]): ImportProblem[] {
  const folder = root.path.replace(/[\\/]+$/, '');
  return problems.filter((problem) => {
    const next = problem.path[folder.length];
    return problem.path.startsWith(folder) && (next === undefined || next === '/' || next === '\\');
  });
}

/** What was found first, then what was looked for in vain; agents by name. */
export function inOrder(roots: readonly ImportRoot[]): ImportRoot[] {
  return [...roots].sort((a, b) => Number(b.exists) - Number(a.exists) || a.label.localeCompare(b.label));
}

/** Whether anything is to be said about a root beneath it. */
export function hasNotes(root: ImportRoot): boolean {
  return root.exists && (root.problems > 0 || (root.sessions > 0 && recordsWords(root) !== null));
}

const figures: [keyof ImporterCapabilities, string][] = [
  ['cacheRead', 'cache reads'],
  ['cacheWrite', 'cache writes'],
  ['reasoning', 'reasoning tokens'],
];

/** What is "—" everywhere for this agent, in a sentence; `null` where it records all that is shown. */
export function recordsWords(root: Pick<ImportRoot, 'label' | 'capabilities'>): string | null {
  if (!root.capabilities.perRequestUsage) {
    return `${root.label} writes no token figures, so its usage shows as “—” everywhere.`;
  }
  const missing = figures.filter(([name]) => !root.capabilities[name]).map(([, words]) => words);
  if (missing.length === 0) return null;
  const list = missing.length === 1 ? missing[0] : `${missing.slice(0, -1).join(', ')} and ${missing.at(-1)}`;
  return `${root.label} does not record ${list}: they show as “—”.`;
}
