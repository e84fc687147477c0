/** A temporary archive whose home folder is followed, and what became of it, for tests of following. */
import { mkdirSync } from 'node:fs';
import type { Store } from '@taffrail/store';
import { type Answer, claudeLines } from '@taffrail/testing';
import { expect } from 'vitest';
import { type Archive, emptyArchive } from './archive-of.js';
import { Follower, type FollowOptions } from './follow.js';

/** For a test that waits: as long as it may take on a busy machine. Only whether something happens is asked. */
export const patienceMs = 30_000;

export class Following {
  readonly archive: Archive = emptyArchive();
  readonly home = this.archive.home;
  /** The sources written since the following began, one entry for each write. */
  readonly commits: string[] = [];
  readonly troubles: string[] = [];
  /** How many tasks the follower has asked for. */
  tasks = 0;
  #follower: Follower | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor() {
    mkdirSync(this.home);
  }

  /** Follows from the first look around, which is not awaited. */
  async begin(some: Partial<FollowOptions> = {}): Promise<void> {
    this.#follower = new Follower({
      store: this.#notingStore(),
      surroundings: { home: this.home, env: {} },
      agents: [],
      enqueue: (task) => {
        this.tasks += 1;
        this.#work = this.#work.then(task).catch((error: unknown) => void this.troubles.push(String(error)));
      },
      onCommit: () => undefined,
      onProblem: (message) => void this.troubles.push(message),
      ...some,
    });
    await this.#follower.start();
  }

  /** Follows, and has looked around: what is found from here on was heard of. */
  async follow(some: Partial<FollowOptions> = {}): Promise<void> {
    await this.begin(some);
    await this.rest();
  }

  /** Waits until nothing was asked for in long enough a time for the file system to tell of something. */
  async rest(): Promise<void> {
    for (let before = -1; before !== this.tasks; await this.#work) {
      before = this.tasks;
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
  }

  /** Each session with its number of requests and what became of its source. */
  async sessions(): Promise<string[]> {
    const sessions = await this.archive.store.queries
      .selectFrom('sessions')
      .select(['id', 'requests', 'source_state'])
      .orderBy('id')
      .execute();
    return sessions.map((session) => `${session.id} ${session.requests} ${session.source_state}`);
  }

  /** Waits until the archive holds these sessions. */
  async until(expected: string[]): Promise<void> {
    await eventually(async () => JSON.stringify(await this.sessions()) === JSON.stringify(expected));
    expect(await this.sessions()).toEqual(expected);
  }

  async remove(): Promise<void> {
    await this.#follower?.stop();
    await this.#work;
    await this.archive.remove();
  }

  #notingStore(): Store {
    const { store } = this.archive;
    return {
      ...store,
      commit: (batch) => {
        this.commits.push(batch.source?.path ?? '');
        return store.commit(batch);
      },
    };
  }
}

/** Waits until something holds, or until there is no hope. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + patienceMs - 5_000;
  while (!(await holds()) && performance.now() < giveUpAt) await new Promise((resolve) => setTimeout(resolve, 20));
}

const answer = (id: string): Answer => ({ id, text: `The answer of ${id}`, input: 10, output: 5 });

/** A session's lines with these answers, two lines each. */
export const linesOf = (session: string, ...ids: string[]): string[] => claudeLines(session, ids.map(answer));

export const asText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
