/** Calls whatever the server knows, so that every kind of message is there to be held to the schema. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { appClient } from '../e2e/support/app-client.js';
import type { Stage } from './main.js';

type Check = (name: string, work: () => Promise<unknown>) => Promise<void>;

const bare = [
  'account/read',
  'account/rateLimits/read',
  'account/bedrock/checkGovCloudRequirements',
  'model/list',
  'modelProvider/capabilities/read',
  'config/read',
  'configRequirements/read',
  'skills/list',
  'hooks/list',
  'collaborationMode/list',
  'mcpServerStatus/list',
  'experimentalFeature/list',
  'permissionProfile/list',
  'app/list',
  'threadSection/list',
  'thread/list',
  'thread/loaded/list',
];
const ofThread = [
  'thread/read',
  'thread/turns/list',
  'thread/items/list',
  'thread/goal/get',
  'thread/backgroundTerminals/list',
];

export async function callEverything({ model, server, recorder, folder }: Stage, check: Check): Promise<void> {
  await check('a script may call every method', async () => {
    const prompt = 'interop script';
    const write = { toolCall: { name: 'write', input: { path: 'a.txt', content: 'one\n' } } };
    const list = { toolCall: { name: 'list', input: { path: '.' } } };
    const run = { toolCall: { name: 'run_command', input: { command: 'echo yes', shell: true } } };
    model.script(prompt, [
      { parts: [{ thinking: 'Let me see.' }, { text: 'I look.' }, write, list, run] },
      { parts: [{ text: 'Done.' }] },
      { parts: [{ text: 'The summary.' }] },
      { fail: { status: 400, message: 'no more' } },
    ]);
    const { client, socket } = await appClient(recorder.url, { authorization: `Bearer ${server.token}` });
    // What is asked for is allowed.
    const allowed = client
      .until(({ method }) => method === 'item/commandExecution/requestApproval')
      .then(({ id }) => client.say({ id, result: { decision: 'accept' } }));
    await client.initialize();
    for (const method of bare) await client.ask(method);
    const cwd = join(folder, 'scripted');
    mkdirSync(cwd, { recursive: true });
    const threadId: string = (await client.ask('thread/start', { cwd })).result.thread.id;
    const turnId = await client.turn(threadId, prompt);
    await allowed;
    for (const method of ofThread) await client.ask(method, { threadId, includeTurns: true });
    await client.ask('thread/name/set', { threadId, name: 'A name of its own' });
    await client.ask('thread/resume', { threadId });
    await client.ask('thread/fork', { threadId, lastTurnId: turnId });
    const from = client.messages.length;
    await client.ask('thread/compact/start', { threadId });
    await client.until(({ method }) => method === 'turn/completed', from);
    await client.turn(threadId, 'this fails');
    await client.ask('thread/rollback', { threadId, numTurns: 1 });
    await client.ask('thread/revert', { threadId, beforeTurnId: turnId });
    await client.ask('thread/unsubscribe', { threadId });
    await client.ask('thread/archive', { threadId });
    await client.ask('thread/unarchive', { threadId });
    await client.ask('turn/interrupt', { threadId, turnId });
    await client.ask('no/such/method');
    socket.terminate();
  });
}
