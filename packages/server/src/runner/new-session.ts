/** What a session begins with: where it works, by which agent, with which model. */
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { NewRow } from '@taffrail/session';
import type { CreateSession, SessionDescription } from '@taffrail/wire';
import { version } from '../version.js';
import { OrderError } from './order-error.js';
import type { RunSettings } from './settings.js';

export interface NewSession extends Omit<CreateSession, 'id' | 'effort'>, Pick<SessionDescription, 'titledBy'> {
  effort?: string | undefined;
  /** The session whose sub-agent it is. */
  parentId?: string;
}

export interface DescribedIn {
  settings: RunSettings;
  projectOf: (root: string) => string;
  at: number;
}

/** Where nothing else is said, a title was given by a person. @throws OrderError where the folder cannot be used. */
export function describedRow(
  { cwd, title, titledBy = 'person', model, effort, agent, parentId }: NewSession,
  { settings, projectOf, at }: DescribedIn,
): NewRow {
  const root = folderOf(cwd);
  const data = {
    cwd: root,
    project: projectOf(root),
    ...runBy(settings, agent, model),
    ...(title === undefined ? {} : { title, titledBy }),
    ...(effort === undefined ? {} : { effort }),
    ...(parentId === undefined ? {} : { parentId }),
  };
  return { key: 'described', at, kind: 'session.described', data };
}

/** Who runs it. A hosted agent says itself which model it takes, unless one was chosen. */
function runBy(settings: RunSettings, name: string | undefined, model: string | undefined): SessionDescription {
  const hosted = settings.hosted.find((one) => one.name === name);
  if (hosted) return { profile: hosted.name, hosted: { agent: hosted.agent }, ...(model ? { model } : {}) };
  const { name: profile, models } = settings.agent(name);
  const first = models[0];
  return { model: model ?? (first ? `${first.keyId}/${first.model}` : ''), profile, agentVersion: version };
}

const titleCharacters = 60;

/** The first line of what a person asked, until somebody finds a better one. */
export function titleFrom(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > titleCharacters ? `${line.slice(0, titleCharacters - 1).trimEnd()}…` : line || 'New session';
}

function folderOf(cwd: string): string {
  if (!isAbsolute(cwd)) throw new OrderError('refused', `${cwd} is not an absolute path.`);
  try {
    const root = realpathSync(cwd);
    if (statSync(root).isDirectory()) return root;
  } catch {
    throw new OrderError('refused', `There is no folder ${cwd}.`);
  }
  throw new OrderError('refused', `${cwd} is not a folder.`);
}
