/** A bare WebSocket to the server: every frame as it came, no machine behind it. */
import { emptySession, foldRows, type SessionState } from '@taffrail/session';
import { type DownFrame, downFrameSchema, type PlacedItem, type Row, type UpFrame } from '@taffrail/wire';
import { type RawData, WebSocket } from 'ws';
import type { RunningServer } from './program.js';

type FrameOf<Type extends DownFrame['type']> = Extract<DownFrame, { type: Type }>;

const patienceMs = 30_000;

/** Where to connect to; by another way than straight where `url` is not the server's own. */
export type Address = Pick<RunningServer, 'url' | 'token' | 'host'>;

/** A socket that is let in. */
export function socketTo({ url, token, host }: Address): WebSocket {
  const address = `${url.replace(/^http/, 'ws')}/api/v1/stream`;
  return new WebSocket(address, { headers: { authorization: `Bearer ${token}`, host } });
}

export class Line {
  /** In the order they came. @throws where one is not in the shared schema: the test fails. */
  readonly frames: DownFrame[] = [];
  readonly socket: WebSocket;
  /** The code with which it was closed. */
  readonly closed: Promise<number>;
  #bytes = 0;
  #longest = 0;
  #waiting: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('message', (data: RawData) => this.#take(String(data)));
    socket.on('error', () => undefined);
  }

  /** Resolves when the first frame is here. */
  static async open(server: Address): Promise<Line> {
    const line = new Line(socketTo(server));
    await line.heard(() => line.frames.length > 0);
    return line;
  }

  /** All that came, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The longest frame that came, in bytes. */
  get longest(): number {
    return this.#longest;
  }

  say(frame: UpFrame | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  of<Type extends DownFrame['type']>(type: Type): FrameOf<Type>[] {
    return this.frames.filter((frame): frame is FrameOf<Type> => frame.type === type);
  }

  /** Resolves when `holds` does. */
  heard(holds: () => boolean, withinMs = patienceMs): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not heard in time; last: ${this.#last()}`)), withinMs);
      const look = () => {
        if (!holds()) return void this.#waiting.push(look);
        clearTimeout(timer);
        resolve();
      };
      look();
    });
  }

  /** Without a word. */
  async drop(): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }

  #take(text: string): void {
    this.#bytes += text.length;
    this.#longest = Math.max(this.#longest, Buffer.byteLength(text));
    this.frames.push(downFrameSchema.parse(JSON.parse(text)));
    for (const look of this.#waiting.splice(0)) look();
  }

  #last(): string {
    return JSON.stringify(this.frames.at(-1)).slice(0, 300);
  }
}

/** The items of a session's snapshot, put together from all its pieces. */
export function itemsIn(frames: readonly DownFrame[]): PlacedItem[] {
  let items: PlacedItem[] = [];
  for (const frame of frames) {
    if (frame.type === 'snapshot') items = frame.state.items;
    if (frame.type === 'items') items = [...frame.items, ...items];
    if (frame.type !== 'text') continue;
    items = items.map((placed) => {
      if (placed.id !== frame.itemId || placed.item.text.length !== frame.offset) return placed;
      return { ...placed, item: { ...placed.item, text: placed.item.text + frame.text } };
    });
  }
  return items;
}

export interface Replay {
  rows: Row[];
  state: SessionState;
}

/** All rows of a session's log, from the first on, and their fold. */
export async function replay(server: Address, sessionId: string): Promise<Replay> {
  const line = await Line.open(server);
  line.say({ type: 'subscribe', sessionId });
  await line.heard(() => line.of('synced').length > 0);
  // Asked for at the beginning it would be told as it stands, where that is less.
  line.say({ type: 'pull', sessionId, after: 0 });
  await line.heard(() => line.of('synced').length > 1);
  await line.drop();
  const rows = line.of('rows').flatMap((frame) => frame.rows);
  return { rows, state: foldRows(emptySession, rows) };
}
