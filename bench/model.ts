/** The tests' model server as a process of its own: its work is not the measured program's, nor the client's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ModelServer } from '@taffrail/testing';
import { clone } from './programs.js';

export interface ServedAnswer {
  conversation: string;
  textLength: number;
  outputTokens: number;
  /** When each piece of the text was written to the socket: epoch milliseconds. */
  deltaTimes: number[];
}

export interface Model {
  url: string;
  /** What it has served, once that is so many answers. */
  served(answers: number): Promise<ServedAnswer[]>;
  stop(): Promise<void>;
}

/** Answers with `reply`, as `model-server/reply.ts` describes it, whoever says one of these names first. */
export async function startModel(conversations: readonly string[], reply: object): Promise<Model> {
  const folder = mkdtempSync(join(tmpdir(), 'taffrail-model-'));
  const [script, record] = [join(folder, 'script.json'), join(folder, 'served.ndjson')];
  const scripts = conversations.map((name) => [name, { replies: [reply], atEnd: 'repeat' }]);
  writeFileSync(script, JSON.stringify({ conversations: Object.fromEntries(scripts) }));
  const main = join(clone, 'packages/testing/src/model-server/main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', main, script, '0', record], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    url: (JSON.parse(line) as { url: string }).url,
    served: async (answers) => {
      for (let tries = 0; ; tries += 1) {
        const lines = readFileSync(record, 'utf8').split('\n').slice(0, -1);
        if (lines.length >= answers) return lines.map((text) => answerOf(JSON.parse(text)));
        if (tries > 100) throw new Error(`the model has served ${lines.length} answers of ${answers}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

// Of Anthropic's stream with one text: `message_start`, `content_block_start` and `ping`, the text, and three more.
const eventsBefore = 3;
const eventsAfter = 3;

function answerOf({ conversation, textServed, usageServed, chunkTimes }: ModelServer['served'][number]): ServedAnswer {
  return {
    conversation: conversation ?? '',
    textLength: textServed.length,
    outputTokens: usageServed.outputTokens ?? 0,
    deltaTimes: chunkTimes.slice(eventsBefore, -eventsAfter),
  };
}
