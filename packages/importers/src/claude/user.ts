/** User lines: a person's prompt, what the program says in their name, and the results of tools. */
import type { EmbeddedFile, Sink } from '../contract.js';
import { booleanAt, isObject, type JsonObject, objectAt, objectsAt, stringAt } from '../json.js';
import { turnOf } from './assistant.js';
import type { Thread } from './state.js';
import { filesIn, readResultBlock } from './tool-result.js';
import { endTurn, type LinePlace, startTurn } from './turns.js';

const interruption = '[Request interrupted by user';
// What the program wraps its own words in when it speaks through the user's role.
const harnessTag =
  /^\s*<(system-reminder|command-name|command-message|local-command|bash-|task-notification|user-memory|ide_)/;

export function readUser(thread: Thread, line: JsonObject, place: LinePlace, out: Sink): void {
  const blocks = userBlocks(objectAt(line, 'message'));
  const results = blocks.filter((block) => block['type'] === 'tool_result');
  const noted = line['toolUseResult'];
  // The program's note does not say which of several results it is about.
  const extra = results.length === 1 && isObject(noted) ? noted : {};
  for (const block of results) readResultBlock(block, extra, { ...place, ...turnOf(thread), step: thread.step }, out);
  const text = blocks
    .filter((block) => block['type'] === 'text')
    .map((block) => stringAt(block, 'text') ?? '')
    .join('\n');
  const files = filesIn(blocks);
  if (text === '' && files.length === 0) return;
  if (booleanAt(line, 'isCompactSummary')) readSummary(thread, text, place, out);
  else readMessage(thread, line, { text, files }, place, out);
}

function userBlocks(message: JsonObject): JsonObject[] {
  const text = stringAt(message, 'content');
  return text ? [{ type: 'text', text }] : objectsAt(message, 'content');
}

interface Said {
  text: string;
  files: EmbeddedFile[];
}

function readMessage(thread: Thread, line: JsonObject, said: Said, place: LinePlace, out: Sink): void {
  const uuid = stringAt(line, 'uuid') ?? place.fallbackKey;
  const interrupted = said.text.startsWith(interruption);
  const human =
    !interrupted &&
    !booleanAt(line, 'isMeta') &&
    stringAt(line, 'promptSource') !== 'system' &&
    !harnessTag.test(said.text);
  if (human) startTurn(thread, uuid, said.text, place, out);
  else if (!interrupted) thread.trigger ??= { uuid, at: place.at, title: commandIn(said.text) };
  out.row({
    sessionId: place.sessionId,
    at: place.at,
    ...turnOf(thread),
    key: `user:${uuid}`,
    kind: 'item.recorded',
    data: { type: 'message', role: 'user', author: human ? 'human' : 'harness', text: said.text },
    ...(said.files.length > 0 ? { files: said.files } : {}),
  });
  if (interrupted) endTurn(thread, place, { outcome: 'interrupted' }, out);
}

/** `/name arguments`, as the person typed it, from what the program makes of a command. */
function commandIn(text: string): string | null {
  const name = /<command-name>([^<]{1,200})<\/command-name>/.exec(text)?.[1];
  const given = /<command-args>([^<]{1,200})<\/command-args>/.exec(text)?.[1];
  return name ? `${name} ${given ?? ''}`.trim() : null;
}

/** The summary follows the mark of the compaction, whose item it completes. */
function readSummary(thread: Thread, text: string, place: LinePlace, out: Sink): void {
  const { key, item } = thread.compaction ?? {
    key: `compaction:${place.fallbackKey}`,
    item: { type: 'compaction' as const, text: '', trigger: 'unknown' as const },
  };
  thread.compaction = null;
  out.row({ sessionId: place.sessionId, at: place.at, key, kind: 'item.recorded', data: { ...item, text } });
}
