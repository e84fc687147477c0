/** Writes a session into a real store as a running agent would, and keeps every row as it was first said: the truth. */
import { emptySession, fold, type SessionState } from '@taffrail/session';
import type { NewRow, SourceCheckpoint, Store } from '@taffrail/store';
import type { Item } from '@taffrail/wire';
import type { Writing } from './stream-schedule.js';

// An item is written on only while it is among the last few: further back, nobody would see it grow.
const openItemsMax = 3;
const letters = 'abcdefghijklmnopqrstuvwxyz';

const message = (text: string, streaming?: true): Item => ({
  type: 'message',
  role: 'assistant',
  author: 'model',
  text,
  ...(streaming ? { streaming } : {}),
});

interface OpenText {
  key: string;
  text: string;
  /** Where the last piece began. */
  lastOffset: number;
  itemsSince: number;
}

const source = (sessionId: string): SourceCheckpoint => ({
  path: `/logs/${sessionId}`,
  root: '/logs',
  agent: 'taffrail',
  format: 'lines',
  importerVersion: 1,
  fingerprint: '',
  sizeBytes: 0,
  offset: 0,
  line: 0,
  tailHash: '',
  state: '{}',
  sessionIds: [sessionId],
  problems: [],
  fromStart: true,
});

export class Writer {
  readonly sessionId: string;
  /** By epoch and seq: the fold of every row up to there. */
  readonly truths = new Map<number, SessionState[]>();
  /** Texts that stand whole. */
  readonly closed = new Set<string>();
  num = 0;
  epoch = 1;
  /** By attempt: what its last statement said. */
  readonly #spent = new Map<string, number>();
  readonly #store: Store;
  #at = Date.UTC(2026, 0, 1);
  #made = 0;
  #mappingVersion = 1;
  #open: OpenText | null = null;
  #turn: string | null = null;
  #permission: string | null = null;
  #queued: string[] = [];

  constructor(store: Store, sessionId: string) {
    this.#store = store;
    this.sessionId = sessionId;
  }

  /** The session begins, with a source, so that its log can be begun anew. */
  async begin(): Promise<void> {
    await this.#append([this.#row('described', { kind: 'session.described', data: { title: 'first' } })], true);
  }

  /** The fold of the whole log. */
  get truth(): SessionState {
    return this.truths.get(this.epoch)?.at(-1) ?? emptySession;
  }

  truthAt(epoch: number, seq: number): SessionState {
    return this.truths.get(epoch)?.findLast(({ head }) => head <= seq) ?? emptySession;
  }

  /** Says whether anything was written. */
  async write(what: Writing, some: number): Promise<boolean> {
    const rows = this.#rowsOf(what, some);
    if (rows.length > 0) await this.#append(rows);
    return rows.length > 0;
  }

  #rowsOf(what: Writing, some: number): NewRow[] {
    switch (what) {
      case 'text':
        return this.#open ? this.#piece(this.#open, some) : this.#openText();
      case 'textAgain':
        return this.#open ? this.#pieceAgain(this.#open) : [];
      case 'open':
        return this.#open ? [] : this.#openText();
      case 'close':
        return this.#closeText();
      case 'tool':
        return this.#tool();
      case 'turn':
        return this.#changeTurn();
      case 'usage':
        return this.#usage(some);
      default:
        return this.#rarely(what, some);
    }
  }

  #rarely(what: Writing, some: number): NewRow[] {
    switch (what) {
      case 'permission':
        return this.#changePermission();
      case 'queue':
        return this.#changeQueue();
      case 'remove':
        return this.#remove(some);
      case 'rewind':
        return this.#rewind(some);
      case 'rename':
        return [this.#row('described', { kind: 'session.described', data: { title: `title ${this.#made}` } })];
      case 'beginAnew':
        return this.#beginAnew();
      default:
        return [];
    }
  }

  #openText(): NewRow[] {
    this.#open = { key: this.#name('text'), text: '', lastOffset: 0, itemsSince: 0 };
    return [this.#row(this.#open.key, { kind: 'item.recorded', data: message('', true) })];
  }

  #piece(open: OpenText, some: number): NewRow[] {
    const from = some % letters.length;
    const text = letters.slice(from, from + 1 + (some % 7));
    open.lastOffset = open.text.length;
    open.text += text;
    return [this.#row(open.key, { kind: 'text.appended', data: { offset: open.lastOffset, text } })];
  }

  /** A writer that does not know whether its last piece was taken says it again. */
  #pieceAgain({ key, text, lastOffset }: OpenText): NewRow[] {
    const data = { offset: lastOffset, text: text.slice(lastOffset) };
    return text === '' ? [] : [this.#row(key, { kind: 'text.appended', data })];
  }

  #closeText(): NewRow[] {
    if (!this.#open) return [];
    const { key, text } = this.#open;
    this.#open = null;
    this.closed.add(key);
    return [this.#row(key, { kind: 'item.recorded', data: message(text) })];
  }

  #tool(): NewRow[] {
    const callId = this.#name('call');
    const rows: NewRow[] = [
      this.#row(callId, { kind: 'item.recorded', data: { type: 'tool_call', callId, name: 'read', text: '{}' } }),
    ];
    if (this.#open) this.#open.itemsSince += 1;
    return this.#open && this.#open.itemsSince >= openItemsMax ? [...rows, ...this.#closeText()] : rows;
  }

  #changeTurn(): NewRow[] {
    const turnId = this.#turn ?? this.#name('turn');
    const isOver = this.#turn !== null;
    this.#turn = isOver ? null : turnId;
    const row: NewRow = isOver
      ? this.#row(`end:${turnId}`, { kind: 'turn.completed', data: { outcome: 'complete' } })
      : this.#row(`turn:${turnId}`, { kind: 'turn.started', data: { runGen: 1 } });
    return [{ ...row, turnId }];
  }

  /** A new attempt, or one of before that turns out to have taken more: providers tell it again and again. */
  #usage(some: number): NewRow[] {
    const known = [...this.#spent.keys()];
    const attemptId = some % 3 > 0 ? known[some % known.length] : undefined;
    const id = attemptId ?? `${this.sessionId}:${this.#name('attempt')}`;
    const inputTokens = (this.#spent.get(id) ?? 0) + (some % 40);
    this.#spent.set(id, inputTokens);
    const none = { cacheReadTokens: null, cacheWriteTokens: null, cacheWrite1hTokens: null, reasoningTokens: null };
    const data = { attemptId: id, model: 'm', provider: null, final: false, inputTokens, outputTokens: 1, ...none };
    return [this.#row(`usage:${id}`, { kind: 'usage.recorded', identity: { key: id, claim: 'own' }, data })];
  }

  #changePermission(): NewRow[] {
    if (this.#permission) {
      const permissionId = this.#permission;
      this.#permission = null;
      return [
        this.#row(`answer:${permissionId}`, {
          kind: 'permission.answered',
          data: { permissionId, decision: 'deny' },
        }),
      ];
    }
    const permissionId = this.#name('permission');
    this.#permission = permissionId;
    const data = { permissionId, callId: 'c', tool: 'run_command', subject: 'ls', pattern: 'ls' };
    return [this.#row(`ask:${permissionId}`, { kind: 'permission.asked', data })];
  }

  #changeQueue(): NewRow[] {
    const taken = this.#queued.shift();
    if (taken)
      return [
        this.#row(`input:${taken}`, {
          kind: 'item.recorded',
          data: { type: 'message', role: 'user', author: 'human', text: taken },
        }),
      ];
    const inputId = this.#name('input');
    this.#queued.push(inputId);
    return [this.#row(`queued:${inputId}`, { kind: 'input.queued', data: { inputId, mode: 'queue', text: inputId } })];
  }

  #remove(some: number): NewRow[] {
    const items = [...this.truth.items.values()].filter(({ id }) => id !== this.#open?.key);
    const item = items[some % items.length];
    return item ? [this.#row(item.id, { kind: 'item.deleted', data: { reason: 'broken off' } })] : [];
  }

  #rewind(some: number): NewRow[] {
    const items = [...this.truth.items.values()];
    const item = items[some % items.length];
    if (!item) return [];
    return [
      ...this.#closeText(),
      this.#row(this.#name('rewind'), { kind: 'session.rewound', data: { toSeq: item.seq } }),
    ];
  }

  #beginAnew(): NewRow[] {
    this.#mappingVersion += 1;
    this.epoch += 1;
    this.#spent.clear();
    this.#open = null;
    this.#permission = null;
    this.#queued = [];
    this.#turn = this.#name('turn');
    return [
      { ...this.#row(`turn:${this.#turn}`, { kind: 'turn.started', data: { runGen: 1 } }), turnId: this.#turn },
      this.#row('described', { kind: 'session.described', data: { title: `epoch ${this.epoch}` } }),
    ];
  }

  #name(of: string): string {
    this.#made += 1;
    return `${of}-${this.#made}`;
  }

  #row<Said extends object>(key: string, said: Said): { key: string; at: number } & Said {
    this.#at += 1000;
    return { key, at: this.#at, ...said };
  }

  async #append(rows: NewRow[], isFirst = false): Promise<void> {
    const { sessionId } = this;
    const append = {
      sessionId,
      agent: 'taffrail',
      origin: 'live',
      mappingVersion: this.#mappingVersion,
      rows,
    } as const;
    await this.#store.commit({
      appends: [append],
      index: 'later',
      ...(isFirst ? { source: source(sessionId) } : {}),
    });
    if (isFirst) this.num = (await this.#store.place(sessionId))?.num ?? 0;
    const states = this.truths.get(this.epoch) ?? [];
    this.truths.set(this.epoch, states);
    const before = states.at(-1) ?? emptySession;
    const said = await this.#store.rowsAfter(this.num, before.head, { rows: 1000, characters: 1_000_000 });
    for (const row of said.rows) states.push(fold(states.at(-1) ?? emptySession, row));
  }
}
