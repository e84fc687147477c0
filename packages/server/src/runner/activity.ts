/** What a sub-agent does, in a line for each step: for whoever watches the session that waits for it. */
import { callLine, plainLine, type SessionState } from '@taffrail/session';
import type { Row } from '@taffrail/wire';

const lineCharactersMax = 200;

/** The line that a row is worth, with its end; empty where it is worth none. */
export function activityIn(state: SessionState, row: Row): string {
  const line = lineOf(state, row);
  return line === '' ? '' : `${plainLine(line).slice(0, lineCharactersMax)}\n`;
}

function lineOf({ items, description }: SessionState, row: Row): string {
  switch (row.kind) {
    case 'span.started': {
      const { callId, name } = row.data;
      const call = callId === undefined ? undefined : items.get(`call:${callId}`)?.item;
      return call?.type === 'tool_call' ? `${name} ${callLine(call.text, description.cwd ?? null)}` : '';
    }
    case 'item.recorded':
      return row.data.type === 'message' && row.data.role === 'assistant' && !row.data.streaming
        ? (row.data.text.trim().split('\n')[0] ?? '')
        : '';
    case 'permission.asked':
      return `asks whether it may: ${row.data.tool} ${row.data.subject}`;
    case 'turn.waiting':
      return `waits: ${row.data.reason}`;
    default:
      return '';
  }
}
