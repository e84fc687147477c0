/** What `doctor` found, for people. */
import { bytesText, counted, exactNumber, plainLine } from '@taffrail/session';
import type { ImportProblem } from '@taffrail/wire';
import { tableText } from '../format/table.js';
import { ago, longTime } from '../format/when.js';
import type { Terminal } from '../terminal.js';
import type { Findings, FoundLogs } from './doctor-findings.js';
import { keyText } from './doctor-keys.js';
import { problemLine } from './import-report.js';

const problemsPerKind = 20;

export function findingsText(findings: Findings, terminal: Terminal): string {
  const { colours } = terminal;
  const section = (title: string, body: string) => (body === '' ? '' : `\n${colours.bold(title)}\n${body}`);
  return [
    summaryLines(findings, terminal),
    section('Logs', logTable(findings.logs, terminal)),
    section('Keys', keyText(findings.models, terminal)),
    section(`Problems (${exactNumber(findings.problems.length)})`, problemText(findings.problems, terminal)),
  ].join('');
}

function summaryLines(findings: Findings, { colours, now }: Terminal): string {
  const { versions, integrity } = findings;
  const lines: [string, string][] = [
    ['Version', `taffrail ${versions.taffrail}, Node ${versions.node}${versions.engine ? `, ${versions.engine}` : ''}`],
    ['Data folder', `${findings.dataDir} (${bytesText(findings.databaseBytes)})`],
    ['Configuration', findings.configPath ?? 'none, everything as it comes'],
    [
      'Data',
      integrity === null
        ? 'nothing imported yet: "taffrail import"'
        : integrity.length === 0
          ? colours.green('sound')
          : colours.red(integrity.map(plainLine).join('; ')),
    ],
    ['Archive', `${counted(findings.sessions, 'session')}, ${counted(findings.requests, 'request')}`],
    [
      'Search index',
      findings.pendingRows === 0
        ? 'complete'
        : `${counted(findings.pendingRows, 'row')} to go: "taffrail import" finishes it`,
    ],
    [
      'Last import',
      findings.lastImportAt === null
        ? 'never'
        : `${longTime(findings.lastImportAt)} (${ago(findings.lastImportAt, now())})`,
    ],
  ];
  return lines.map(([name, value]) => `${colours.dim(name.padEnd(14))} ${value}\n`).join('');
}

function logTable(logs: readonly FoundLogs[], { columns, colours }: Terminal): string {
  const table = {
    columns: [
      { title: 'Agent', align: 'left' as const },
      { title: 'Folder', align: 'left' as const, shrinks: { to: 20, cut: 'start' as const } },
      { title: 'Files', align: 'right' as const },
      { title: 'Size', align: 'right' as const },
    ],
    rows: logs.map(({ label, path, exists, files, bytes }) => [
      label,
      plainLine(path),
      exists ? exactNumber(files) : 'not there',
      exists ? bytesText(bytes) : '',
    ]),
  };
  return tableText(table, columns, colours);
}

/** By kind, the most frequent kind first; each with its file and line. */
function problemText(problems: readonly ImportProblem[], { colours }: Terminal): string {
  const kinds = new Map<string, ImportProblem[]>();
  for (const problem of problems) kinds.set(problem.kind, [...(kinds.get(problem.kind) ?? []), problem]);
  const ordered = [...kinds.values()].sort((one, other) => other.length - one.length);
  return ordered
    .map(
      (several) =>
        several
          .slice(0, problemsPerKind)
          .map((problem) => `${problemLine(problem)}\n`)
          .join('') + more(several.length, colours.dim),
    )
    .join('');
}

function more(count: number, paint: (text: string) => string): string {
  return count > problemsPerKind
    ? `${paint(`… and ${exactNumber(count - problemsPerKind)} more of this kind: --json lists them`)}\n`
    : '';
}
