/** One client: its requests one after the other in the order they came, and between them what the threads say that it follows. */
import type { SessionState } from '@taffrail/session';
import type { AppServer } from './app-server.js';
import { type LoadedThread, ThreadFollower } from './follower.js';
import { methods } from './methods/table.js';
import { errorCodes, malformed, overloaded, RpcError, refusalOf } from './rpc-error.js';
import { approvalOf } from './translate/approvals.js';
import type { Told } from './translate/rows.js';
import type { ApprovalRequest } from './wire/approvals.js';
import { type Heard, heardFrom, type RequestId } from './wire/json-rpc.js';
import type { Notification } from './wire/notifications.js';

/** What carries a client's messages, whichever way they go. */
export interface Line {
  send(text: string): void;
  /** Bytes that the client has not taken yet. */
  backlogBytes(): number;
  /** Nothing more is heard until it goes on. */
  pause(): void;
  resume(): void;
}

type Request = Extract<Heard, { kind: 'request' }>;

// Enough to keep a fast line busy; what a client that does not read costs at most, but for what one step adds.
const backlogBytesMax = 256 * 1024;
const requestsMax = 128;

export class Connection {
  readonly #server: AppServer;
  readonly #line: Line;
  readonly #waiting: Request[] = [];
  readonly #followed = new Map<string, ThreadFollower>();
  readonly #awake = new Set<string>();
  #muted: ReadonlySet<string> = new Set();
  #isInitialized = false;
  #isClosed = false;
  #pumping: Promise<void> | null = null;
  #knowsExperimental = false;

  constructor(server: AppServer, line: Line) {
    this.#server = server;
    this.#line = line;
  }

  get isInitialized(): boolean {
    return this.#isInitialized;
  }

  get knowsExperimental(): boolean {
    return this.#knowsExperimental;
  }

  get followed(): readonly string[] {
    return [...this.#followed.keys()];
  }

  /** @throws RpcError when it was done before. */
  initialize({ experimental, muted }: { experimental: boolean; muted: readonly string[] }): void {
    if (this.#isInitialized) throw new RpcError('Already initialized');
    this.#isInitialized = true;
    this.#knowsExperimental = experimental;
    this.#muted = new Set(muted);
  }

  /** A message of the client, as text. */
  heard(text: string): void {
    const message = heardFrom(text);
    if (message.kind === 'answer' && this.#isInitialized) void this.#server.answered(message.id, message.result);
    if (message.kind !== 'request') return;
    if (this.#waiting.length >= requestsMax) return this.#refuse(message.id, overloaded);
    this.#waiting.push(message);
    this.pump();
  }

  /** These threads have more to tell. */
  wake(threadIds: readonly string[]): void {
    for (const id of threadIds) if (this.#followed.has(id)) this.#awake.add(id);
    this.pump();
  }

  /** Follows a thread from where this state is. */
  follow(threadId: string, thread: LoadedThread): void {
    this.#followed.set(threadId, new ThreadFollower(this.#server.store, thread, this.#server.around(threadId)));
    this.#awake.add(threadId);
  }

  unfollow(threadId: string): boolean {
    this.#awake.delete(threadId);
    return this.#followed.delete(threadId);
  }

  /** Resolves once the client was told everything so far of a thread that it follows. */
  async caughtUp(threadId: string): Promise<void> {
    const follower = this.#followed.get(threadId);
    while (follower && (await this.#tellNext(threadId, follower)));
  }

  tell({ method, params }: Notification): void {
    if (!this.#isInitialized || this.#muted.has(method)) return;
    this.#send({ method, params, emittedAtMs: this.#server.now() });
  }

  /** Asks what is open in this thread: under the numbers that others were asked by. */
  askOpen(threadId: string, state: SessionState): void {
    for (const question of state.permissions.values()) {
      const message = approvalOf(threadId, question, state);
      if (message) this.#ask(threadId, question.permissionId, message);
    }
  }

  /** Goes on where there is something to do and the client takes what it is told. */
  pump(): void {
    this.#pumping ??= this.#work().finally(() => {
      this.#pumping = null;
      if (this.#hasWork() && this.#isReady()) this.pump();
    });
  }

  /** Nothing that came is left unanswered when this resolves, unless the client does not read. */
  async settled(): Promise<void> {
    while (this.#pumping !== null) await this.#pumping;
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#followed.clear();
    this.#awake.clear();
  }

  async #work(): Promise<void> {
    while (this.#hasWork() && this.#isReady()) {
      const request = this.#waiting.shift();
      if (request) await this.#answer(request);
      for (const id of [...this.#awake]) if (this.#isReady()) await this.#goOn(id);
    }
  }

  #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#awake.size > 0;
  }

  /** A client that does not read is not listened to either: what it still asks waits on its own side. */
  #isReady(): boolean {
    if (this.#isClosed) return false;
    const isReady = this.#line.backlogBytes() < backlogBytesMax;
    if (isReady) this.#line.resume();
    else this.#line.pause();
    return isReady;
  }

  async #goOn(threadId: string): Promise<void> {
    // Before it is read: what is appended meanwhile wakes it again.
    this.#awake.delete(threadId);
    const follower = this.#followed.get(threadId);
    try {
      if (follower && (await this.#tellNext(threadId, follower)) && this.#followed.has(threadId))
        this.#awake.add(threadId);
    } catch (error) {
      this.#followed.delete(threadId);
      this.#server.report(`thread ${threadId}: ${String(error)}`);
    }
  }

  async #tellNext(threadId: string, follower: ThreadFollower): Promise<boolean> {
    const told = await follower.next();
    if (told === null || this.#followed.get(threadId) !== follower) return false;
    for (const each of told) this.#tellOne(threadId, each);
    return true;
  }

  #tellOne(threadId: string, told: Told): void {
    switch (told.kind) {
      case 'notification':
        return this.tell(told.message);
      case 'asked':
        return this.#ask(threadId, told.permissionId, told.message);
      case 'answered': {
        const requestId = this.#server.approvals.numberOf({ threadId, permissionId: told.permissionId });
        return this.tell({ method: 'serverRequest/resolved', params: { threadId, requestId } });
      }
    }
  }

  #ask(threadId: string, permissionId: string, { method, params }: ApprovalRequest): void {
    this.#send({ id: this.#server.approvals.numberOf({ threadId, permissionId }), method, params });
  }

  async #answer({ id, method, params }: Request): Promise<void> {
    try {
      const { result, after } = await this.#carryOut(method, params);
      this.#send({ id, result });
      after?.();
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal)
        this.#server.report(`${method}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
      this.#refuse(id, refusal ?? new RpcError('Something went wrong inside the server.', errorCodes.internal));
    }
  }

  async #carryOut(name: string, params: unknown): Promise<{ result: unknown; after?: (() => void) | undefined }> {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (!method) {
      const known = Object.keys(methods).map((each) => `\`${each}\``);
      throw new RpcError(`Invalid request: unknown variant \`${name}\`, expected one of ${known.join(', ')}`);
    }
    const read = method.params.safeParse(params ?? (method.needsParams ? undefined : {}));
    if (!read.success) throw malformed(read.error);
    if (name !== 'initialize' && !this.#isInitialized) throw new RpcError('Not initialized');
    return method.run(read.data, { server: this.#server, connection: this });
  }

  #refuse(id: RequestId, { code, message }: RpcError): void {
    this.#send({ id, error: { code, message } });
  }

  #send(message: object): void {
    if (!this.#isClosed) this.#line.send(JSON.stringify(message));
  }
}
