/** What a tool gave back: its text, its pictures, how it ended and how long it took. */
import type { EmbeddedFile, RowDraft, Sink } from '../contract.js';
import { booleanAt, type JsonObject, jsonText, numberAt, objectAt, objectsAt, stringAt } from '../json.js';

export type ResultPlace = Pick<RowDraft, 'sessionId' | 'at' | 'turnId' | 'step'> & { fallbackKey: string };

/** `extra` is what the program notes about the result for itself (`toolUseResult`); its shape differs by tool. */
export function readResultBlock(block: JsonObject, extra: JsonObject, place: ResultPlace, out: Sink): void {
  const { fallbackKey, ...base } = place;
  const callId = stringAt(block, 'tool_use_id') ?? fallbackKey;
  const durationMs = numberAt(extra, 'totalDurationMs') ?? numberAt(extra, 'durationMs');
  const agentId = stringAt(extra, 'agentId');
  const files = filesIn(objectsAt(block, 'content'));
  const draft: RowDraft = {
    ...base,
    key: `result:${callId}`,
    kind: 'item.recorded',
    data: {
      type: 'tool_result',
      callId,
      text: resultText(block),
      status: booleanAt(extra, 'interrupted') ? 'interrupted' : booleanAt(block, 'is_error') ? 'error' : 'ok',
      ...(durationMs === undefined || durationMs < 0 ? {} : { durationMs }),
      ...(agentId ? { childSessionId: `${base.sessionId}.${agentId}` } : {}),
    },
  };
  out.row(files.length > 0 ? { ...draft, files } : draft);
}

function resultText(block: JsonObject): string {
  const content = block['content'];
  if (typeof content === 'string') return content;
  const texts = objectsAt(block, 'content').map((part) => stringAt(part, 'text') ?? '');
  const text = texts.filter((part) => part !== '').join('\n');
  // Results of the provider's own tools (search, code execution) are records, not text.
  return text === '' && content !== undefined && !Array.isArray(content) ? jsonText(content) : text;
}

/** Pictures and documents inside content blocks. */
export function filesIn(blocks: JsonObject[]): EmbeddedFile[] {
  return blocks
    .filter((block) => block['type'] === 'image' || block['type'] === 'document')
    .map((block) => ({ source: objectAt(block, 'source'), name: stringAt(block, 'title') }))
    .filter(({ source }) => source['type'] === 'base64' && stringAt(source, 'data') !== undefined)
    .map(({ source, name }) => ({
      mediaType: stringAt(source, 'media_type') ?? 'application/octet-stream',
      base64: stringAt(source, 'data') ?? '',
      ...(name ? { name } : {}),
    }));
}
