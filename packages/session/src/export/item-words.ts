/** How items are named in transcripts, whatever the format. */
import { type Attachment, type Item, unreachable } from '@taffrail/wire';
import { bytesText, duration, exactNumber } from '../words/figures.js';
import { plainLine } from '../words/plain-text.js';

/** Who or what an item comes from: `User`, `Thinking`, `Result of Bash`. */
export function itemHeading(item: Item, toolName: string | null): string {
  switch (item.type) {
    case 'message':
      return { human: 'User', model: 'Assistant', harness: 'Inserted by the agent program' }[item.author];
    case 'reasoning':
      return 'Thinking';
    case 'tool_call':
      return plainLine(item.name) || 'Tool call';
    case 'tool_result':
      return toolName === null ? 'Result' : `Result of ${plainLine(toolName)}`;
    case 'compaction':
      return 'Context compacted';
    case 'error':
      return 'Error';
    default:
      return unreachable(item);
  }
}

/** What else is known of it: `failed · 1.2 s`, `auto · 150,000 → 20,000 tokens`; empty where nothing is. */
export function itemNotes(item: Item): string {
  return [...notesOf(item), ...('attachments' in item ? (item.attachments ?? []).map(attachmentNote) : [])].join(' · ');
}

function notesOf(item: Item): string[] {
  switch (item.type) {
    case 'message':
    case 'tool_call':
      return [];
    case 'reasoning':
      return [item.hidden ? 'the provider hid its text' : '', took(item.durationMs)].filter(Boolean);
    case 'tool_result':
      return [
        { ok: '', error: 'failed', interrupted: 'interrupted' }[item.status],
        took(item.durationMs),
        item.blob ? `shortened, ${bytesText(item.blob.sizeBytes)} in all` : '',
        item.childSessionId ? `done by ${plainLine(item.childSessionId)}` : '',
      ].filter(Boolean);
    case 'compaction':
      return [item.trigger === 'unknown' ? '' : item.trigger, shrinkage(item.tokensBefore, item.tokensAfter)].filter(
        Boolean,
      );
    case 'error':
      return [item.code ? plainLine(item.code) : '', item.retried ? 'tried again' : ''].filter(Boolean);
    default:
      return unreachable(item);
  }
}

const took = (ms: number | undefined): string => (ms === undefined ? '' : duration(ms));

function shrinkage(before: number | undefined, after: number | undefined): string {
  if (before === undefined) return '';
  return after === undefined
    ? `from ${exactNumber(before)} tokens`
    : `${exactNumber(before)} → ${exactNumber(after)} tokens`;
}

function attachmentNote({ mediaType, name, blob }: Attachment): string {
  const what = name ? `${plainLine(name)} (${plainLine(mediaType)})` : plainLine(mediaType);
  return blob ? `${what}, ${bytesText(blob.sizeBytes)}` : what;
}
