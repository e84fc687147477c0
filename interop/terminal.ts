/** What a person does in the terminal client: asks, allows, looks at the tokens, quits, comes back, forks. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../e2e/support/program.js';
import type { Stage } from './main.js';
import { type Client, Screen } from './screen.js';

type Check = (name: string, work: () => Promise<unknown>) => Promise<void>;

const firstPrompt = 'interop first question';
const usage = {
  inputTokens: 3000,
  outputTokens: 200,
  cacheReadTokens: 500,
  cacheWriteTokens: null,
  reasoningTokens: null,
};

/** The client shows tokens without those read from the cache. */
const afterOne = /Token usage:\s+2\.7K total/;
const afterThree = /Token usage:\s+8\.1K total/;
const window = /Context window:\s+\d+% left/;

export async function driveTerminal(stage: Stage, check: Check): Promise<void> {
  const { codex, model, server, recorder, folder } = stage;
  const work = join(folder, `work-${codex.version}`);
  mkdirSync(work, { recursive: true });
  const home = join(folder, `client-${codex.version}`);
  const client: Client = { codex, home, work, url: recorder.url, token: server.token };
  const run = { toolCall: { name: 'run_command', input: { command: 'echo INTEROP-RAN', shell: true } } };
  model.script(firstPrompt, [
    { parts: [{ text: 'INTEROP-ONE is the answer.' }], usage },
    { parts: [run], usage },
    { parts: [{ text: 'INTEROP-TWO is the answer.' }], usage },
    // Before its first word: while it shows words, the older version hears no Esc.
    { parts: [{ text: 'never said' }], stallAfter: 'start' },
  ]);
  let threadId = '';
  let screen: Screen;

  await check('the terminal starts, asks and shows the answer', async () => {
    screen = await Screen.open(client);
    await screen.shows(/›/);
    await screen.line(firstPrompt);
    await screen.shows('INTEROP-ONE');
    threadId = startedLast(stage);
  });
  await check('/status shows the tokens and the window', async () => {
    await screen.line('/status');
    const text = await screen.shows(afterOne);
    if (!window.test(text)) throw new Error(`no context window:\n${text}`);
  });
  await check('the web app’s API shows the same session', async () => {
    const session = (await (await server.get(`/sessions/${threadId}`)).json()) as { usage: { inputTokens: number } };
    if (session.usage.inputTokens !== usage.inputTokens) throw new Error(JSON.stringify(session));
  });
  await check('it quits', () => screen.quit());
  await check('it resumes, and shows the same tokens before anything is asked', async () => {
    screen = await Screen.open(client, 'resume', threadId);
    await screen.shows('INTEROP-ONE');
    await screen.line('/status');
    await screen.shows(afterOne);
  });
  await check('it asks whether a command may run, and runs it', async () => {
    await screen.line('now run it');
    await screen.shows(/Would you like to run/);
    await screen.key('y');
    await screen.shows('INTEROP-TWO');
    await screen.line('/status');
    await screen.shows(afterThree);
    await screen.quit();
  });
  await check('it forks, and the fork has all tokens so far', async () => {
    screen = await Screen.open(client, 'fork', threadId);
    await screen.shows('INTEROP-TWO');
    await screen.line('/status');
    await screen.shows(afterThree);
  });
  await check('Esc stops a turn', async () => {
    await screen.line('and never end');
    await screen.shows(/esc to interrupt/i);
    await screen.key('Escape');
    const forkId = openedLast(stage, 'thread/fork');
    const outcome = async () => {
      const { state } = (await (await server.get(`/sessions/${forkId}/snapshot`)).json()) as Snapshot;
      return state.turns.at(-1)?.outcome;
    };
    const found = await until(outcome, (each) => each === 'cancelled');
    if (found !== 'cancelled') throw new Error(`the last turn is ${found}:\n${await screen.text()}`);
    await screen.quit();
  });
}

interface Snapshot {
  state: { turns: { outcome: string }[] };
}

function openedLast({ recorder }: Stage, method: string): string {
  const answer = recorder.recorded.findLast(({ answers }) => answers === method);
  const result = answer?.message['result'] as { thread: { id: string } } | undefined;
  if (!result) throw new Error(`nothing answers ${method}`);
  return result.thread.id;
}

function startedLast({ recorder }: Stage): string {
  const started = recorder.recorded.findLast(({ message }) => message['method'] === 'thread/started');
  const params = started?.message['params'] as { thread: { id: string } } | undefined;
  if (!params) throw new Error('no thread was started');
  return params.thread.id;
}
