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
  const chosen = settings.agent(agent);
  const first = chosen.models[0];
  const data = {
    cwd: root,
    project: projectOf(root),
    model: model ?? (first ? `${first.keyId}/${first.model}` : ''),
    profile: chosen.name,
    agentVersion: version,
    ...(title === undefined ? {} : { title, titledBy }),
    ...(effort === undefined ? {} : { effort }),
    ...(parentId === undefined ? {} : { parentId }),
  };
  return { key: 'described', at, kind: 'session.described', data };
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
