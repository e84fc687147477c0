/** MCP servers in words: how they stand, and who uses them. Pure. */
import type { McpServerSetting } from '@taffrail/wire';
import { clock } from '../../parts/format-time.js';
import type { StateTone } from './state-cell.js';

export type McpState = { tone: StateTone; text: string; note: string | null };

type Standing = Pick<McpServerSetting, 'state' | 'problem' | 'tested' | 'connections'>;

/** `note`: why it is not there. What sessions see of it now goes before what a test has seen. */
export function mcpState({ state, problem, tested, connections }: Standing): McpState {
  switch (state) {
    case 'off':
      return { tone: 'unknown', text: 'Switched off', note: tested?.ok === false ? tested.message : null };
    case 'starting':
      return { tone: 'waiting', text: 'Starting', note: null };
    case 'connected':
      return { tone: 'ok', text: connections > 1 ? `Connected, in ${connections} folders` : 'Connected', note: null };
    case 'failed':
      return { tone: 'failed', text: 'Failed', note: problem };
    case 'unused':
      return unused(problem, tested);
    default:
      return state satisfies never;
  }
}

function unused(problem: string | null, tested: McpServerSetting['tested']): McpState {
  if (problem !== null) return { tone: 'warn', text: 'Ended', note: `${problem}. It starts again when it is used` };
  if (tested === null) return { tone: 'unknown', text: 'Not started yet', note: null };
  if (tested.ok) return { tone: 'ok', text: `Works, tested ${clock(tested.at)}`, note: null };
  return { tone: 'failed', text: `Failed, tested ${clock(tested.at)}`, note: tested.message };
}

/** `all agents`, their names, or that nobody does. */
export function usersText(used: readonly string[], agents: readonly string[]): string {
  if (used.length === 0) return 'no agent';
  return used.length === agents.length && agents.length > 1 ? 'all agents' : used.join(', ');
}

/** `14 tools`, `1 tool, 2 left out`. */
export function toolsText(tools: NonNullable<McpServerSetting['tools']>): string {
  const left = tools.filter(({ why }) => why !== null).length;
  const count = tools.length - left;
  return `${count === 1 ? '1 tool' : `${count} tools`}${left === 0 ? '' : `, ${left} left out`}`;
}
