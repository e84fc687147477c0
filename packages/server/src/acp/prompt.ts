/** What a hosted agent is asked: the person's words and files, and, where it knows nothing of it, the conversation so far. */
import type { ContentBlock, PromptCapabilities } from '@agentclientprotocol/sdk/unstable';
import { cutMiddle } from '@taffrail/agent';
import type { SessionState } from '@taffrail/session';
import { type Attachment, type Item, unreachable } from '@taffrail/wire';

type ReadBlob = (hash: string) => Promise<Uint8Array | null>;

const toldCharactersMax = 60_000;
const filesBytesMax = 10 * 1024 * 1024;

/** @param isNew The agent has none of the conversation. */
export async function promptOf(
  state: SessionState,
  turnId: string,
  isNew: boolean,
  { takes, blob }: { takes: PromptCapabilities; blob: ReadBlob },
): Promise<ContentBlock[]> {
  const input = state.items.get(`input:${turnId}`)?.item;
  const files = input?.type === 'message' ? (input.attachments ?? []) : [];
  const told = isNew ? conversationBefore(state, turnId) : null;
  const parts: ContentBlock[] = [];
  if (told !== null) parts.push({ type: 'text', text: told });
  if (input && input.text !== '') parts.push({ type: 'text', text: input.text });
  let bytesLeft = filesBytesMax;
  for (const file of files) {
    const bytes = file.blob && file.blob.sizeBytes <= bytesLeft ? await blob(file.blob.hash) : null;
    bytesLeft -= bytes?.length ?? 0;
    parts.push(filePart(file, bytes, takes));
  }
  return parts;
}

/** The file where the agent takes such, else a sentence about it. */
function filePart(
  { mediaType, name = 'file' }: Attachment,
  bytes: Uint8Array | null,
  takes: PromptCapabilities,
): ContentBlock {
  const notShown = (why: string): ContentBlock => ({
    type: 'text',
    text: `[${name} (${mediaType}) came with this. ${why}]`,
  });
  if (bytes === null) return notShown('It is too large to be shown.');
  const buffer = Buffer.from(bytes);
  if (mediaType.startsWith('image/'))
    return takes.image
      ? { type: 'image', mimeType: mediaType, data: buffer.toString('base64') }
      : notShown('You cannot be shown pictures.');
  if (!mediaType.startsWith('text/')) return notShown('You cannot be shown such files.');
  const text = buffer.toString('utf8');
  if (!takes.embeddedContext) return { type: 'text', text: `${name}:\n\n${text}` };
  return { type: 'resource', resource: { uri: `file:///${encodeURIComponent(name)}`, mimeType: mediaType, text } };
}

/** What was said and done before this turn, the latest whole as far as it fits; `null` where there is nothing. */
export function conversationBefore({ items }: SessionState, turnId: string): string | null {
  const before = [...items.values()].filter((item) => item.turnId !== turnId).map(({ item }) => item);
  const from = before.findLastIndex(({ type }) => type === 'compaction');
  const lines: string[] = [];
  let characters = 0;
  for (const item of before.slice(Math.max(0, from)).reverse()) {
    const line = lineOf(item);
    if (line === null) continue;
    characters += line.length;
    if (characters > toldCharactersMax) {
      lines.push('[What came before is left out.]');
      break;
    }
    lines.push(line);
  }
  if (lines.length === 0) return null;
  const said = lines.reverse().join('\n\n');
  return `You go on with a conversation that was begun elsewhere. This is how it went, for you to know; nothing of it is to be done again:\n\n<conversation>\n${said}\n</conversation>`;
}

const lineCharactersMax = 8_000;
const shortened = (text: string, max: number) => (text.length > max ? cutMiddle(text, max) : text);

function lineOf(item: Item): string | null {
  switch (item.type) {
    case 'message':
      return item.text === '' ? null : `${item.role}: ${shortened(item.text, lineCharactersMax)}`;
    case 'compaction':
      return `summary of what came before: ${item.text}`;
    case 'tool_call':
      return `tool ${item.name}: ${shortened(item.text, lineCharactersMax / 4)}`;
    case 'tool_result':
      return `result (${item.status}): ${shortened(item.text, lineCharactersMax / 4)}`;
    case 'reasoning':
    case 'error':
      return null;
    default:
      return unreachable(item);
  }
}
