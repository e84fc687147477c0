/** `taffrail sessions`: the list, with what each session spent and what all that match add up to. */
import { type Archive, listSessions, type SessionQuestion, sessionTotals, UsageError } from '@taffrail/server';
import { costFigure, counted, type Digits, exactNumber, plainLine, tokenFigure } from '@taffrail/session';
import {
  agentLabel,
  type SessionListTotals,
  type SessionSort,
  type SessionSummary,
  sessionSorts,
  severalFrom,
} from '@taffrail/wire';
import { nothingYet } from '../archive/closing.js';
import { agentsFrom, calendarFrom, type FilterOptions, projectsFrom, projectsOf, spanFrom } from '../archive/filter.js';
import { withArchive } from '../archive/open.js';
import { allIds, idShortener } from '../archive/session-ids.js';
import { wholeNumber } from '../archive/whole-number.js';
import { wrapped } from '../format/columns.js';
import { type Column, tableText } from '../format/table.js';
import { shortTime } from '../format/when.js';
import type { Setting } from '../program.js';
import type { Terminal } from '../terminal.js';

export interface SessionsOptions extends FilterOptions {
  sort: string;
  reverse?: true;
  limit: string;
  all?: true;
  json?: true;
  exact?: true;
}

export async function sessionsCommand(setting: Setting, options: SessionsOptions): Promise<void> {
  const { terminal } = setting;
  await withArchive(setting, async (archive) => {
    const question = await questionFrom(options, archive, terminal.cwd);
    if (!archive) return terminal.out(options.json ? `${JSON.stringify(noSessions, null, 2)}\n` : nothingYet);
    const prices = await archive.prices();
    const list = await listSessions(archive.store.queries, prices, question);
    const totals = await sessionTotals(archive.store.queries, prices, question);
    if (options.json) return terminal.out(`${JSON.stringify({ ...list, totals }, null, 2)}\n`);
    if (list.sessions.length === 0) return terminal.out('No session matches.\n');
    const digits = options.exact ? 'exact' : 'short';
    await terminal.out(await tableOf(archive, terminal, list.sessions, digits));
    const foot = wrapped(footLine(list.sessions, totals, digits), terminal.columns);
    await terminal.out(foot.map((line) => `${terminal.colours.dim(line)}\n`).join(''));
  });
}

const noSessions = { sessions: [], nextCursor: null, totals: { sessions: 0, sessionsWithUsage: 0, usage: null } };
// Words come from A, figures and times from the largest.
const ascending: readonly SessionSort[] = ['title', 'agent', 'project', 'model'];

async function questionFrom(options: SessionsOptions, archive: Archive | null, cwd: string): Promise<SessionQuestion> {
  const sort = sessionSorts.find((one) => one === options.sort);
  if (!sort) throw new UsageError(`--sort: ${options.sort} is none of ${sessionSorts.join(', ')}`);
  const usual = ascending.includes(sort) ? 'asc' : 'desc';
  const project =
    options.project === undefined
      ? undefined
      : await projectsFrom(options.project, { cwd, projects: () => projectsOf(archive?.store) });
  return {
    ...(options.agent === undefined ? {} : { agent: agentsFrom(options.agent) }),
    ...(project === undefined ? {} : { project }),
    ...(options.model === undefined ? {} : { model: severalFrom(options.model) }),
    ...spanFrom(options, calendarFrom(options.tz)),
    ...(options.all ? {} : { roots: true }),
    sort,
    order: options.reverse ? (usual === 'asc' ? 'desc' : 'asc') : usual,
    offset: 0,
    limit: wholeNumber('--limit', options.limit),
  };
}

const titleColumnsMax = 72;

async function tableOf(
  archive: Archive,
  { now, columns, colours }: Terminal,
  sessions: readonly SessionSummary[],
  digits: Digits,
): Promise<string> {
  const shorten = idShortener(await allIds(archive.store));
  const table: { columns: Column[]; rows: string[][] } = {
    columns: [
      { title: 'Updated', align: 'left', spare: 2 },
      { title: 'Agent', align: 'left', spare: 4 },
      { title: 'Title', align: 'left', shrinks: { to: 16, cut: 'end' } },
      { title: 'Project', align: 'left', shrinks: { to: 8, cut: 'start' }, spare: 5 },
      { title: 'Model', align: 'left', shrinks: { to: 8, cut: 'end' }, spare: 7 },
      { title: 'Turns', align: 'right', spare: 6 },
      // Stays whatever the room: it is known where cost is not.
      { title: 'Input', align: 'right' },
      { title: 'Output', align: 'right', spare: 3 },
      { title: 'Cost', align: 'right', spare: 1 },
      { title: 'Session', align: 'left', paint: colours.cyan },
    ],
    rows: sessions.map((session) => [
      shortTime(session.updatedAt, now()),
      agentLabel(session.agent),
      titleOf(session).slice(0, titleColumnsMax),
      lastFolder(session.project),
      plainLine(session.model ?? ''),
      exactNumber(session.turnCount),
      tokenFigure(spentBy(session), 'inputTokens', digits),
      tokenFigure(spentBy(session), 'outputTokens', digits),
      costFigure(spentBy(session), digits),
      shorten(session.id, session.parentId),
    ]),
  };
  return tableText(table, columns, colours);
}

/** With its sub-agents, and how many of all their requests told nothing. */
const spentBy = ({ usageWithSubAgents: usage, untoldRequests = 0 }: SessionSummary) =>
  usage && { ...usage, untoldRequests };

function titleOf(session: SessionSummary): string {
  const title = plainLine(session.title ?? '') || 'Untitled';
  return session.parentId === null ? title : `↳ ${title}`;
}

function lastFolder(project: string | null): string {
  return (
    plainLine(project ?? '')
      .split(/[\\/]/)
      .filter(Boolean)
      .at(-1) ?? ''
  );
}

/** `20 of 52 sessions · ≥12.3M in · 1.2M out · $12.30 · usage from 45 of 52 sessions`. */
function footLine(
  shown: readonly SessionSummary[],
  { sessions, sessionsWithUsage, usage: told, untoldRequests = 0 }: SessionListTotals,
  digits: Digits,
): string {
  const roots = shown.filter((session) => session.parentId === null).length;
  const usage = told && { ...told, untoldRequests };
  const parts = [
    roots < sessions ? `${exactNumber(roots)} of ${counted(sessions, 'session')}` : counted(sessions, 'session'),
  ];
  if (usage) {
    parts.push(
      `${tokenFigure(usage, 'inputTokens', digits)} in`,
      `${tokenFigure(usage, 'outputTokens', digits)} out`,
      costFigure(usage, digits),
    );
    if (sessionsWithUsage < sessions)
      parts.push(`usage from ${exactNumber(sessionsWithUsage)} of ${counted(sessions, 'session')}`);
    const unpriced = usage.requests + untoldRequests - usage.pricedRequests;
    if (unpriced > 0) parts.push(`${counted(unpriced, 'request')} unpriced`);
  }
  return parts.join(' · ');
}
