/** Filters of the command line → a question: days in a time zone, agents by name, projects by folder. */
import { homedir } from 'node:os';
import { basename, resolve } from 'node:path';
import { Calendar, type Filter, plusDays, type StoreReader, UsageError } from '@taffrail/server';
import { agentLabels, severalFrom } from '@taffrail/wire';

export interface FilterOptions {
  since?: string;
  until?: string;
  tz?: string;
  agent?: readonly string[];
  project?: readonly string[];
  model?: readonly string[];
}

/** @throws UsageError for an unknown zone. */
export function calendarFrom(tz: string | undefined): Calendar {
  try {
    return new Calendar(tz);
  } catch {
    throw new UsageError(`--tz: ${tz} is not a time zone; use an IANA name such as Europe/Berlin`);
  }
}

/** The span of days as milliseconds since 1970: from the first day's beginning to the last one's end. */
export function spanFrom({ since, until }: FilterOptions, calendar: Calendar): { since?: number; until?: number } {
  const [first, last] = [dayFrom('--since', since), dayFrom('--until', until)];
  if (first && last && first > last) throw new UsageError(`--since ${first} is after --until ${last}`);
  return {
    ...(first ? { since: calendar.startOf(first) } : {}),
    ...(last ? { until: calendar.startOf(plusDays(last, 1)) } : {}),
  };
}

function dayFrom(flag: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  const [, year, month, date] = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text) ?? [];
  const day = `${year}-${month}-${date}`;
  const at = Date.parse(`${day}T00:00:00Z`);
  // Node reads 30 February as 2 March.
  const exists = !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
  if (!exists) throw new UsageError(`${flag}: ${text} is not a day; use YYYY-MM-DD`);
  return day;
}

/** @throws UsageError for a name that no agent has. */
export function agentFrom(name: string): string {
  const known = Object.keys(agentLabels);
  const found = known.find((agent) => agent === name.toLowerCase());
  if (!found) throw new UsageError(`--agent: ${name} is not known; agents are ${known.join(', ')}`);
  return found;
}

/** The agents of that many `--agent`s; none where there is none. */
export const agentsFrom = (given: readonly string[]): string[] => severalFrom(given).filter(Boolean).map(agentFrom);

/** The whole filter. `projects`: all that the archive has; asked for only where a project is named. */
export async function filterFrom(
  options: FilterOptions,
  calendar: Calendar,
  { cwd, projects }: ProjectPlaces,
): Promise<Filter> {
  const agents = agentsFrom(options.agent ?? []);
  const models = severalFrom(options.model ?? []).filter(Boolean);
  return {
    ...spanFrom(options, calendar),
    ...(agents.length > 0 ? { agents } : {}),
    ...(models.length > 0 ? { models } : {}),
    ...(options.project === undefined ? {} : { projects: await projectsFrom(options.project, { cwd, projects }) }),
  };
}

export interface ProjectPlaces {
  cwd: string;
  projects: () => Promise<readonly (string | null)[]>;
}

/** Each a project by its folder, absolute or from here, or all projects of that folder name. */
export async function projectsFrom(texts: readonly string[], { cwd, projects }: ProjectPlaces): Promise<string[]> {
  const known = [...new Set((await projects()).filter((project) => project !== null))];
  return [...new Set(texts.flatMap((text) => projectsOfText(text, cwd, known)))];
}

function projectsOfText(text: string, cwd: string, known: readonly string[]): string[] {
  const folder = resolve(cwd, text.replace(/^~(?=\/|$)/, homedir()));
  const exact = known.filter((project) => project === text || project === folder);
  if (exact.length > 0) return exact;
  const named = known.filter((project) => basename(project) === text);
  return named.length > 0 ? named : [folder];
}

/** All projects of an archive's sessions. */
export async function projectsOf(store: StoreReader | undefined): Promise<(string | null)[]> {
  const rows = await store?.queries.selectFrom('sessions').select('project').distinct().execute();
  return (rows ?? []).map((row) => row.project);
}
