/**
 * A coding agent that speaks the Agent Client Protocol on its standard streams and does what its prompts say (`script.ts`).
 * Arguments: `--no-load` it takes up no earlier conversation; `--resume` it does without telling it again; `--locked` it
 * wants somebody to sign in; `--deaf` it ignores that it shall stop; `--pictures` it takes pictures; `--silent` it never
 * answers; `--no-http` it reaches no MCP servers over HTTP. Other words are let pass: they may be the name that it is known by.
 */
import { appendFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import {
  type AgentContext,
  agent,
  ndJsonStream,
  PROTOCOL_VERSION,
  RequestError,
} from '@agentclientprotocol/sdk/unstable';
import { Conversation } from './conversation.js';

const flags = new Set(process.argv.slice(2));
const home = homedir();
const conversations = new Map<string, Conversation>();
/** By conversation, which it was told of. */
const servers = new Map<string, readonly unknown[] | undefined>();
let model = 'small';

interface Place {
  cwd: string;
  mcpServers?: readonly unknown[] | undefined;
}

const configOptions = () => [
  {
    type: 'select' as const,
    id: 'model',
    name: 'Model',
    category: 'model',
    currentValue: model,
    options: [
      { value: 'small', name: 'Small' },
      { value: 'large', name: 'Large' },
    ],
  },
];

function opened({ cwd, mcpServers }: Place, sessionId: string, client: AgentContext): Conversation {
  servers.set(sessionId, mcpServers);
  const conversation = new Conversation(sessionId, cwd, { home, client });
  conversations.set(sessionId, conversation);
  return conversation;
}

function known(params: Place & { sessionId: string }, client: AgentContext): Conversation {
  const conversation = opened(params, params.sessionId, client);
  if (!conversation.isKnown) throw RequestError.resourceNotFound(params.sessionId);
  return conversation;
}

const app = agent({ name: 'fake-agent' })
  .onRequest('initialize', () => {
    if (flags.has('--silent')) return new Promise(() => undefined);
    return {
      protocolVersion: PROTOCOL_VERSION,
      agentInfo: { name: 'fake-agent', version: '1.2.3' },
      agentCapabilities: {
        loadSession: !flags.has('--no-load') && !flags.has('--resume'),
        mcpCapabilities: { http: !flags.has('--no-http') },
        promptCapabilities: { image: flags.has('--pictures'), embeddedContext: flags.has('--pictures') },
        sessionCapabilities: flags.has('--resume') ? { resume: {} } : {},
      },
    };
  })
  .onRequest('session/new', ({ params, client }) => {
    if (flags.has('--locked')) throw RequestError.authRequired();
    const sessionId = crypto.randomUUID();
    opened(params, sessionId, client).begin();
    return { sessionId, configOptions: configOptions() };
  })
  .onRequest('session/load', async ({ params, client }) => {
    await known(params, client).replay();
    return { configOptions: configOptions() };
  })
  .onRequest('session/resume', ({ params, client }) => {
    known(params, client);
    return { configOptions: configOptions() };
  })
  .onRequest('session/set_config_option', ({ params }) => {
    model = String(params.value);
    return { configOptions: configOptions() };
  })
  .onRequest('session/prompt', async ({ params }) => {
    const { sessionId, prompt } = params;
    const told = { pid: process.pid, model, sessionId, prompt, servers: servers.get(sessionId) };
    appendFileSync(join(home, '.fake-agent', 'prompts.jsonl'), `${JSON.stringify(told)}\n`);
    const texts = params.prompt.flatMap((block) => (block.type === 'text' ? [block.text] : []));
    const conversation = conversations.get(params.sessionId);
    if (!conversation) throw RequestError.resourceNotFound(params.sessionId);
    return conversation.prompt(texts.at(-1) ?? '');
  })
  .onNotification('session/cancel', ({ params }) => {
    if (!flags.has('--deaf')) conversations.get(params.sessionId)?.cancel();
  });

// Whoever is to be ended by force does not go by itself either.
if (flags.has('--deaf')) process.on('SIGTERM', () => undefined);
app.connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>));
