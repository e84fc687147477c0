/** One request's answer on its socket: writing, waiting, noticing that the client is gone. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep, setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { later } from './figures.js';
import type { Latch } from './latch.js';
import { type Ending, play, type Stage } from './play.js';
import type { Failure, Reply } from './reply.js';
import type { Ledger, Served } from './served.js';
import { type ModelRequest, textOf, type WireChunk, type WireFormat } from './wire-format.js';

/** What an answer needs of its server. */
export interface House {
  ledger: Ledger;
  gate(name: string): Latch;
  /** Opens with the next `release()`. */
  stalls(): Latch;
  isClosing(): boolean;
}

export class Exchange {
  readonly #gone = new AbortController();

  constructor(
    private readonly house: House,
    private readonly response: ServerResponse,
    private readonly format: WireFormat,
    private readonly record: Served,
  ) {
    response.on('close', () => this.#gone.abort());
    // A client that vanishes is noticed at `close`; its error says no more.
    response.on('error', () => undefined);
    if (response.destroyed) this.#gone.abort();
  }

  /** Refuses the request. */
  async refuse({ status, message, body, headers = {} }: Failure): Promise<void> {
    this.#head(status, 'application/json', headers);
    const refusal = body ?? this.format.refusal(status, message ?? `refused with ${status} by script`);
    const data = typeof refusal === 'string' ? refusal : JSON.stringify(refusal);
    const ending = (await this.#send({ kind: 'closing', data })) ? 'failed' : 'gone';
    this.#end(ending);
  }

  /** Answers with `reply`. */
  async answer(request: ModelRequest, reply: Reply): Promise<void> {
    const { fail, errorAfter, error } = reply;
    if (fail) return this.refuse(fail);
    const overloaded = { status: this.format.overloadedStatus, message: error?.message ?? 'Overloaded' };
    if (errorAfter !== undefined && !request.streams) return this.refuse(overloaded);
    this.#head(200, request.streams ? 'text/event-stream; charset=utf-8' : 'application/json', reply.headers ?? {});
    const chunks = request.streams ? this.format.stream(request, reply) : this.#halves(request, reply);
    this.#end(await play(chunks, reply, this.#stage(request, reply)));
  }

  /** An answer that is not streamed, in two pieces, so that it can be cut between them. */
  #halves(request: ModelRequest, reply: Reply): WireChunk[] {
    const { body, usage } = this.format.whole(request, reply);
    const data = JSON.stringify(body);
    const middle = Math.floor(data.length / 2);
    const text = (reply.parts ?? []).map(textOf).join('');
    return [
      { kind: 'opening', data: data.slice(0, middle) },
      { kind: 'closing', data: data.slice(middle), text, usage },
    ];
  }

  #stage(request: ModelRequest, reply: Reply): Stage {
    const { signal } = this.#gone;
    return {
      send: (chunk) => this.#send(chunk),
      pause: (ms) =>
        sleep(ms, undefined, { signal }).then(
          () => true,
          () => false,
        ),
      gate: (name) => this.house.gate(name).passed(signal),
      stall: () => this.#stall(),
      errorEvents: (sent) =>
        this.format.errorEvents(request, { ...reply.error, message: reply.error?.message ?? 'Overloaded' }, sent),
    };
  }

  async #stall(): Promise<boolean> {
    this.house.ledger.note(this.record, { outcome: 'stalled' });
    const released = await this.house.stalls().passed(this.#gone.signal);
    if (released) this.house.ledger.note(this.record, { outcome: null });
    return released;
  }

  #head(status: number, type: string, headers: Record<string, string>): void {
    const id = { [this.format.requestIdHeader]: `req_${this.house.ledger.served.length}` };
    this.response.writeHead(status, { 'content-type': type, 'cache-control': 'no-cache', ...id, ...headers });
    this.response.flushHeaders();
    this.house.ledger.note(this.record, { status });
  }

  /** Writes a chunk; true once it is out of this process, which also holds back for a slow reader. */
  async #send({ data, text, usage }: WireChunk): Promise<boolean> {
    // Writes that the kernel takes at once would keep the loop from a client in the same process.
    await turnOfTheLoop();
    if (this.#gone.signal.aborted) return false;
    const at = performance.timeOrigin + performance.now();
    if (!(await this.#written(data))) return false;
    const { record } = this;
    record.chunkTimes.push(at);
    this.house.ledger.note(record, {
      textServed: record.textServed + (text ?? ''),
      usageServed: usage ? later(record.usageServed, usage) : record.usageServed,
    });
    return true;
  }

  #written(data: string): Promise<boolean> {
    return new Promise((resolve) => {
      const gone = () => resolve(false);
      this.#gone.signal.addEventListener('abort', gone, { once: true });
      this.response.write(data, (error) => {
        this.#gone.signal.removeEventListener('abort', gone);
        resolve(!error);
      });
    });
  }

  #end(ending: Ending): void {
    if (ending === 'broken') this.response.destroy();
    else if (ending !== 'gone') this.response.end();
    this.house.ledger.end(this.record, this.#outcome(ending));
  }

  #outcome(ending: Ending): Served['outcome'] {
    if (ending !== 'gone') return ending;
    if (!this.house.isClosing()) return 'aborted by client';
    return this.record.outcome === 'stalled' ? 'stalled' : 'broken';
  }
}
