/** The items of an OpenAI response and the events in which each arrives. */
import type { Part, Reply } from './reply.js';
import {
  type JsonObject,
  type ModelRequest,
  objectsIn,
  pieces,
  rawInputOf,
  textOf,
  textPieces,
} from './wire-format.js';

/** An event of an item, without its sequence number; `text` where it is answer text, `delta` where it is content. */
export interface ItemEvent {
  type: string;
  fields: JsonObject;
  delta?: true;
  text?: string;
}

/** The finished item of each part. */
export function itemsOf(request: ModelRequest, reply: Reply): JsonObject[] {
  return (reply.parts ?? []).map((part, index) => itemOf(part, request, index));
}

function itemOf(part: Part, request: ModelRequest, index: number): JsonObject {
  const suffix = `${request.id}_${index}`;
  if ('thinking' in part) {
    const summary = [{ type: 'summary_text', text: part.thinking }];
    return { id: `rs_${suffix}`, type: 'reasoning', encrypted_content: part.signature ?? null, summary };
  }
  if ('redactedThinking' in part) {
    return { id: `rs_${suffix}`, type: 'reasoning', encrypted_content: part.redactedThinking, summary: [] };
  }
  if ('toolCall' in part) return callItem(part, request, suffix);
  return { id: `msg_${suffix}`, type: 'message', status: 'completed', role: 'assistant', content: [textPart(part)] };
}

type CallPart = Extract<Part, { toolCall: unknown }>;
type TextPart = Extract<Part, { text: string } | { hugeText: number }>;

function textPart(part: TextPart): JsonObject {
  return { type: 'output_text', annotations: [], logprobs: [], text: textOf(part) };
}

/** A tool that the request declared as free-form is called with text in place of JSON. */
function isCustom(part: CallPart, request: ModelRequest): boolean {
  const { name } = part.toolCall;
  return objectsIn(request.body['tools']).some((tool) => tool['type'] === 'custom' && tool['name'] === name);
}

function callItem(part: CallPart, request: ModelRequest, suffix: string): JsonObject {
  const { name, id } = part.toolCall;
  const call = { status: 'completed', call_id: id ?? `call_${suffix}`, name };
  const input = rawInputOf(part.toolCall);
  return isCustom(part, request)
    ? { id: `ctc_${suffix}`, type: 'custom_tool_call', ...call, input }
    : { id: `fc_${suffix}`, type: 'function_call', ...call, arguments: input };
}

/** All events of a part, from the item's appearance to the finished item. */
export function* itemEvents(part: Part, request: ModelRequest, reply: Reply, index: number): Iterable<ItemEvent> {
  const item = itemOf(part, request, index);
  const here = { item_id: item['id'], output_index: index };
  yield { type: 'response.output_item.added', fields: { output_index: index, item: { ...item, ...begun(item) } } };
  if ('thinking' in part) yield* summaryEvents(part.thinking, reply, here);
  else if ('toolCall' in part) yield* callEvents(part, isCustom(part, request), reply, here);
  else if (!('redactedThinking' in part)) yield* textEvents(part, reply, here);
  yield { type: 'response.output_item.done', fields: { output_index: index, item } };
}

/** What of an item is still empty when it appears. */
function begun(item: JsonObject): JsonObject {
  switch (item['type']) {
    case 'message':
      return { status: 'in_progress', content: [] };
    case 'function_call':
      return { status: 'in_progress', arguments: '' };
    case 'custom_tool_call':
      return { status: 'in_progress', input: '' };
    default:
      return { summary: [] };
  }
}

function* summaryEvents(thinking: string, reply: Reply, item: JsonObject): Iterable<ItemEvent> {
  const here = { ...item, summary_index: 0 };
  const part = (text: string) => ({ ...here, part: { type: 'summary_text', text } });
  yield { type: 'response.reasoning_summary_part.added', fields: part('') };
  for (const delta of pieces(thinking, reply)) {
    yield { type: 'response.reasoning_summary_text.delta', fields: { ...here, delta }, delta: true };
  }
  yield { type: 'response.reasoning_summary_text.done', fields: { ...here, text: thinking } };
  yield { type: 'response.reasoning_summary_part.done', fields: part(thinking) };
}

function* callEvents(part: CallPart, custom: boolean, reply: Reply, here: JsonObject): Iterable<ItemEvent> {
  const type = custom ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
  const input = rawInputOf(part.toolCall);
  for (const delta of pieces(input, reply)) yield { type: `${type}.delta`, fields: { ...here, delta }, delta: true };
  yield { type: `${type}.done`, fields: { ...here, [custom ? 'input' : 'arguments']: input } };
}

function* textEvents(part: TextPart, reply: Reply, item: JsonObject): Iterable<ItemEvent> {
  const here = { ...item, content_index: 0 };
  const done = textPart(part);
  yield { type: 'response.content_part.added', fields: { ...here, part: { ...done, text: '' } } };
  for (const text of textPieces(part, reply)) {
    yield { type: 'response.output_text.delta', fields: { ...here, delta: text, logprobs: [] }, delta: true, text };
  }
  yield { type: 'response.output_text.done', fields: { ...here, text: done['text'], logprobs: [] } };
  yield { type: 'response.content_part.done', fields: { ...here, part: done } };
}
