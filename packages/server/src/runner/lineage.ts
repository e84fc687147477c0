/** What a session may do: as much as its own agent may, and never more than the sessions that it was started by. */
import { agentToolName, builtinTools, decide, type Permissions, type Rule, withPattern } from '@taffrail/agent';
import { emptySession, foldRows, type SessionState } from '@taffrail/session';
import type { Store } from '@taffrail/store';
import { usesServer } from '../mcp/servers.js';
import type { LiveSessions } from './live-sessions.js';
import { type AgentSetting, agentNow, type RunSettings } from './settings.js';

/** Sub-agents may start sub-agents; those may not. */
export const depthMax = 2;

/** One session of the line from a session up to the one that a person began. */
export interface Ancestor {
  /** As it is configured now. */
  agent: () => AgentSetting;
  /** As it is now: a person may allow more while it runs. */
  state: () => SessionState;
}

/** The session itself first, then whose sub-agent it is, and so on. */
export type Lineage = readonly [Ancestor, ...Ancestor[]];

interface Archive {
  store: Store;
  sessions: LiveSessions;
  settings: () => RunSettings;
}

export async function lineageOf(
  session: { sessionId: string; state: SessionState },
  { store, sessions, settings }: Archive,
): Promise<Lineage> {
  const ancestor = (state: () => SessionState): Ancestor => {
    return { agent: agentNow(settings, state().description.profile), state };
  };
  const lineage: [Ancestor, ...Ancestor[]] = [ancestor(() => session.state)];
  const known = new Set([session.sessionId]);
  let { parentId } = session.state.description;
  while (parentId !== undefined && !known.has(parentId)) {
    known.add(parentId);
    const open = await sessions.opened(parentId);
    const state = open?.state ?? (await storedState(store, parentId));
    lineage.push(ancestor(() => open?.state ?? state));
    parentId = state.description.parentId;
  }
  return lineage;
}

const pageLimits = { rows: 2_000, characters: 8 * 1024 * 1024 };

/** Of a session that does not run here: read, not taken over. */
async function storedState(store: Store, sessionId: string): Promise<SessionState> {
  const num = (await store.place(sessionId))?.num ?? 0;
  for (let state = emptySession; ; ) {
    const { rows } = await store.rowsAfter(num, state.head, pageLimits);
    if (rows.length === 0) return state;
    state = foldRows(state, rows);
  }
}

/** What only the session's list shows is for every agent that has tools at all. A sub-agent is named by its parent. */
const quiet = builtinTools.flatMap(({ name, isQuiet }) => (isQuiet ? [name] : []));

/** The tools that all of them have, and at the end of the line none that would make it longer. */
export function toolsOf(lineage: Lineage): string[] {
  const [own, ...above] = lineage;
  const { tools } = own.agent();
  if (above.length === 0 && tools.length > 0) return [...tools, ...quiet];
  const names = tools.filter((name) => above.every(({ agent }) => agent().tools.includes(name)));
  return above.length < depthMax ? names : names.filter((name) => name !== agentToolName);
}

/** Whether all of them use this MCP server. */
export function mayUseServer(lineage: Lineage, name: string): boolean {
  return lineage.every(({ agent }) => usesServer(agent(), name));
}

/** The strictest of what each of them says. What a person has allowed in one of them is allowed where another asks. */
export function ruleOf(lineage: Lineage, tool: string, subject: string): Rule {
  const allowed = lineage.flatMap(({ state }) => state().allowed);
  const rules = lineage.map(({ agent }): Rule => {
    const { permissions } = agent();
    const configured = decide(permissions, tool, subject);
    return configured === 'ask' ? decide(allowing(permissions, allowed), tool, subject) : configured;
  });
  return rules.includes('deny') ? 'deny' : rules.includes('ask') ? 'ask' : 'allow';
}

/** What people have allowed on the way, on top of what is configured. */
function allowing(permissions: Permissions, allowed: readonly { tool: string; pattern: string }[]): Permissions {
  return allowed.reduce((known, { tool, pattern }) => withPattern(known, tool, pattern, 'allow'), permissions);
}
