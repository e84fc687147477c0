/** The state of the search page, as its address holds it. */
import { listOf, oneOf, textOf } from '../../app/search-params.js';

/** What is looked through. The last two are tool calls' arguments and what they returned. */
export const scopes = ['all', 'sessions', 'message', 'reasoning', 'tool_call', 'tool_result', 'commands'] as const;
export type Scope = (typeof scopes)[number];

/** Beyond names of sessions, looking through what was said and done takes a server that can. */
export const scopeNeeds = {
  message: 'search',
  reasoning: 'search',
  tool_call: 'search',
  tool_result: 'search',
} as const;

export const scopeLabels: Record<Scope, string> = {
  all: 'All',
  sessions: 'Sessions',
  message: 'Messages',
  reasoning: 'Thinking',
  tool_call: 'Tool input',
  tool_result: 'Tool output',
  commands: 'Commands',
};

export type SearchSearch = { q?: string; scope?: Scope; agent?: string[]; project?: string[] };

export function searchSearchOf(raw: Record<string, unknown>): SearchSearch {
  const q = textOf(raw.q);
  const scope = oneOf(raw.scope, scopes);
  const agent = listOf(raw.agent);
  const project = listOf(raw.project);
  return {
    ...(q ? { q } : {}),
    ...(scope ? { scope } : {}),
    ...(agent ? { agent } : {}),
    ...(project ? { project } : {}),
  };
}
