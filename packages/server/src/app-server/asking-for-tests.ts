/** What tests of threads do over and over: start one, ask, and wait until it is answered. */
import { v7 } from 'uuid';
import { type AppBench, input } from './bench-for-tests.js';
import type { TestClient } from './client-for-tests.js';

export const figures = (inputTokens: number, outputTokens: number) => ({
  usage: { inputTokens, outputTokens, cacheReadTokens: 10, cacheWriteTokens: null, reasoningTokens: 3 },
});

/** A thread of this client's, in which nothing was asked yet; what is asked first names its script. */
export async function started(client: TestClient): Promise<string> {
  return (await client.ask('thread/start', {})).result.thread.id;
}

/** Asks, and waits until the turn is over. Returns the turn's id. */
export async function asked(client: TestClient, threadId: string, text: string): Promise<string> {
  const mark = client.mark;
  const { result } = await client.ask('turn/start', { threadId, input: input(text) });
  const turnId = result.turn.id;
  await client.until(({ method, params }) => method === 'turn/completed' && params.turn.id === turnId, mark);
  return turnId;
}

/** A thread in which this was asked and answered once; the later replies are for what comes then. */
export async function threadWith(
  app: AppBench,
  client: TestClient,
  replies: Parameters<AppBench['bench']['models']['script']>[1],
) {
  const prompt = v7();
  app.bench.models.script(prompt, replies);
  const threadId = await started(client);
  return { threadId, prompt, turnId: await asked(client, threadId, prompt) };
}
