/** What an import did, in a few lines: counts, then what could not be read, worst first. */
import { bytesText, counted, duration, exactNumber, plainLine } from '@taffrail/session';
import type { ImportProblem, ImportReport } from '@taffrail/wire';
import type { Terminal } from '../terminal.js';

const problemsShown = 10;

const kindWords: Record<ImportProblem['kind'], string> = {
  unreadable: 'could not be read',
  not_json: 'not JSON',
  too_long: 'too long',
  wrong_shape: 'of an unexpected shape',
  bad_number: 'with figures that are no counts',
  unknown_record: 'of an unknown kind',
  incomplete: 'unfinished',
  rewritten: 'rewritten since it was read',
};

export function reportText(report: ImportReport, { colours }: Terminal): string {
  const { files, bytes, sessions, requests, skippedLines, durationMs, problems } = report;
  if (files === 0 && problems.length === 0) return 'Nothing new.\n';
  const read = `Read ${counted(files, 'file')} (${bytesText(bytes)}) in ${duration(durationMs)}: ${counted(sessions, 'session')}, ${counted(requests, 'new request')}.\n`;
  const skipped = skippedLines === 0 ? '' : `${counted(skippedLines, 'line')} skipped.\n`;
  return `${read}${skipped}${problemLines(problems)
    .map((line) => `${colours.yellow(line)}\n`)
    .join('')}`;
}

/** At most ten lines, one per kind first, then the most frequent. */
export function problemLines(problems: readonly ImportProblem[]): string[] {
  const byCount = [...problems].sort((one, other) => other.count - one.count);
  const firstOfKind = byCount.filter(
    (problem, index) => byCount.findIndex((other) => other.kind === problem.kind) === index,
  );
  const ordered = [...firstOfKind, ...byCount.filter((problem) => !firstOfKind.includes(problem))];
  const lines = ordered.slice(0, problemsShown).map(problemLine);
  const rest = problems.length - lines.length;
  return rest > 0 ? [...lines, `… and ${exactNumber(rest)} more: see "taffrail doctor"`] : lines;
}

/** `3 records not JSON: /logs/a.jsonl:12: Unexpected end`. */
export function problemLine({ path, line, kind, message, count }: ImportProblem): string {
  const place = `${path}${line === null ? '' : `:${line}`}`;
  return plainLine(`${counted(count, 'record')} ${kindWords[kind]}: ${place}: ${message}`);
}
