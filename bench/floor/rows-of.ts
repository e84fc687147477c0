/** The shortest way from a line to its rows: what stands in the record, without asking what was there before. */

export interface FloorRow {
  kind: string;
  key: string;
  itemType: string | null;
  label: string | null;
  data: string;
  text: string | null;
  /** What of it is searched, where that is not its text. */
  searched?: string;
}

// Foreign JSON read without care: the corpus is known to be sound, and the floor is to be fast.
interface Part {
  type: string;
  text?: string;
  thinking?: string;
  id?: string;
  name?: string;
  input?: Record<string, unknown>;
  tool_use_id?: string;
  content?: string | Part[];
  is_error?: boolean;
}

interface Payload {
  type: string;
  role?: string;
  content?: Part[];
  summary?: Part[];
  name?: string;
  call_id?: string;
  arguments?: string;
  input?: string;
  output?: string;
  turn_id?: string;
  response_id?: string;
  usage?: object;
  thread_token_usage?: object;
  info?: { total_token_usage: object; last_token_usage: object; last_usage_includes_reasoning?: boolean } | null;
}

export interface FloorRecord {
  type: string;
  uuid?: string;
  timestamp?: string;
  subtype?: string;
  message?: { id: string; model: string; content: string | Part[]; usage?: object; stop_reason?: string | null };
  payload?: Payload;
}

const item = (key: string, type: string, text: string, rest: object, label: string | null = null): FloorRow => ({
  kind: 'item.recorded',
  key,
  itemType: type,
  label,
  data: JSON.stringify({ type, ...rest }),
  text,
});

const fact = (kind: string, key: string, data: object): FloorRow => ({
  kind,
  key,
  itemType: null,
  label: null,
  data: JSON.stringify(data),
  text: null,
});

export class RowsOf {
  #said = '';

  record(record: FloorRecord): FloorRow[] {
    if (record.type === 'assistant') return this.#answer(record);
    if (record.type === 'user') return prompted(record);
    if (record.subtype === 'compact_boundary') return [item(`compaction:${record.uuid}`, 'compaction', '', {})];
    return record.payload ? this.#codex(record.type, record.payload, record.timestamp ?? '') : [];
  }

  #answer({ message, timestamp }: FloorRecord): FloorRow[] {
    if (!message || message.model === '<synthetic>') return [];
    const rows = (message.content as Part[]).map((part) => answered(part, `${message.id}:${timestamp}`));
    const usage = this.#usage(`usage:${message.id}`, { model: message.model, ...message.usage });
    const ended = message.stop_reason === 'end_turn' ? [fact('turn.completed', `end:${message.id}`, {})] : [];
    return [...rows, ...usage, ...ended];
  }

  /** Nothing where the lines before said the same. */
  #usage(key: string, data: object): FloorRow[] {
    const row = fact('usage.recorded', key, data);
    const news = this.#said !== row.data;
    this.#said = row.data;
    return news ? [row] : [];
  }

  #codex(type: string, payload: Payload, at: string): FloorRow[] {
    if (type === 'response_item') return codexItem(payload, at);
    if (type === 'token_usage_record') return this.#counted(payload.usage, payload.thread_token_usage, at);
    if (type !== 'event_msg') return [];
    if (payload.type === 'task_started') return [fact('turn.started', `turn:${payload.turn_id}`, {})];
    if (payload.type === 'task_complete') return [fact('turn.completed', `end:${payload.turn_id}`, {})];
    const info = payload.type === 'token_count' ? payload.info : null;
    if (!info || info.last_usage_includes_reasoning !== undefined) return [];
    return this.#counted(info.last_token_usage, info.total_token_usage, at);
  }

  #counted(usage: object | undefined, total: object | undefined, at: string): FloorRow[] {
    return this.#usage(`usage:${at}`, { ...usage, total });
  }
}

function answered(part: Part, key: string): FloorRow {
  if (part.type === 'text') return item(key, 'message', part.text ?? '', { role: 'assistant', author: 'model' });
  if (part.type === 'thinking') return item(key, 'reasoning', part.thinking ?? '', {});
  const [name, input] = [part.name ?? '', part.input ?? {}];
  const call = item(`call:${part.id}`, 'tool_call', JSON.stringify(input), { callId: part.id, name }, name);
  return { ...call, searched: [name, ...Object.values(input)].join('\n') };
}

function prompted({ message, uuid }: FloorRecord): FloorRow[] {
  const content = message?.content ?? '';
  if (typeof content === 'string') {
    const said = item(`user:${uuid}`, 'message', content, { role: 'user', author: 'human' });
    return [fact('turn.started', `turn:${uuid}`, {}), said];
  }
  return content.map((part) => {
    const answer = part.content ?? '';
    const text = typeof answer === 'string' ? answer : answer.map((each) => each.text).join('\n');
    const rest = { callId: part.tool_use_id, status: part.is_error ? 'error' : 'ok' };
    return item(`result:${part.tool_use_id}`, 'tool_result', text, rest);
  });
}

const joined = (parts: Part[] | undefined): string => parts?.map((part) => part.text).join('\n') ?? '';

function codexItem(payload: Payload, at: string): FloorRow[] {
  const { type, call_id: callId, name = null } = payload;
  if (type === 'message') return [item(`message:${at}`, 'message', joined(payload.content), { role: payload.role })];
  if (type === 'reasoning') return [item(`reasoning:${at}`, 'reasoning', joined(payload.summary), {})];
  if (type === 'function_call') {
    const text = payload.arguments ?? '{}';
    const call = item(`call:${callId}`, 'tool_call', text, { callId, name }, name);
    return [{ ...call, searched: [name, ...Object.values(JSON.parse(text) as object)].join('\n') }];
  }
  if (type === 'custom_tool_call') {
    return [item(`call:${callId}`, 'tool_call', payload.input ?? '', { callId, name }, name)];
  }
  return [item(`result:${callId}`, 'tool_result', payload.output ?? '', { callId, status: 'ok' })];
}
