/**
 * A model without a network: a script that drives the real tools, so that everything can be tried without a key. Its
 * usage is simulated, and says so by its provider's name.
 */
import { randomBytes } from 'node:crypto';
import type { Item } from '@taffrail/wire';
import { agentToolName } from '../tools/agent.js';
import type { CallModel, ModelEvent, ModelRequest } from './contract.js';

const wordMs = 24;

interface Script {
  thinking?: string;
  text: string;
  calls: { name: string; input: Record<string, unknown> }[];
}

/** Answers by what the turn has done so far. */
export const callDemo: CallModel = async function* (request, signal) {
  const script = unlessNamed(scriptFor(request), request.items);
  yield* spoken('thinking', 'reasoning', script.thinking ?? '', signal);
  yield* spoken('text', 'message', script.text, signal);
  if (signal.aborted) return;
  for (const [index, { name, input }] of script.calls.entries()) {
    const callId = `demo-${request.items.length}-${index}`;
    yield { type: 'opened', part: callId, kind: 'tool_call', callId, name };
    yield { type: 'closed', part: callId, text: JSON.stringify(input) };
  }
  yield { type: 'usage', figures: simulatedUsage(request, script), raw: { simulated: true } };
  yield { type: 'finished', reason: script.calls.length > 0 ? 'tool_calls' : 'stop' };
};

function scriptFor({ items, tools }: ModelRequest): Script {
  const last = items.at(-1);
  const isAside = last?.type === 'message' && last.author === 'harness' && last.text.includes('summary');
  return isAside
    ? summing(items)
    : nextOf(
        turnItems(items),
        tools.some(({ name }) => name === agentToolName),
      );
}

function summing(items: readonly Item[]): Script {
  const asked = items.flatMap((item) => (item.type === 'message' && item.author === 'human' ? [`- ${item.text}`] : []));
  const calls = items.filter(({ type }) => type === 'tool_call').length;
  return {
    text: `The demo was asked:\n\n${asked.join('\n')}\n\nIt made ${calls} calls. Nothing is left to do.`,
    calls: [],
  };
}

/** A session is named once. */
function unlessNamed(script: Script, items: readonly Item[]): Script {
  const isNamed = items.some((item) => item.type === 'tool_call' && item.name === 'title');
  return isNamed ? { ...script, calls: script.calls.filter(({ name }) => name !== 'title') } : script;
}

/** What was said since the person spoke last. */
function turnItems(items: readonly Item[]): readonly Item[] {
  return items.slice(items.findLastIndex((item) => item.type === 'message' && item.author === 'human'));
}

function nextOf(turn: readonly Item[], canStartAgents: boolean): Script {
  const asked = turn[0]?.text.trim() ?? '';
  const naming = new Set(
    turn.flatMap((item) => (item.type === 'tool_call' && item.name === 'title' ? item.callId : [])),
  );
  const results = turn.filter((item) => item.type === 'tool_result' && !naming.has(item.callId));
  const failed = results.find((item) => item.type === 'tool_result' && item.status !== 'ok');
  if (failed)
    return {
      text: `That did not work, so I stop here. The tool said:\n\n> ${failed.text.split('\n')[0] ?? ''}`,
      calls: [],
    };
  if (asked === errand) return results[0] ? reporting(results[0].text) : searching;
  const first = canStartAgents ? sending : looking;
  return [first, writing, running, closing][Math.min(results.length, 3)]?.(asked, turn) ?? closing(asked);
}

/** The task of the sub-agent, by which the script knows itself as one. */
const errand = 'Look around in this folder, and say what is there.';

const searching: Script = { text: 'I look around.', calls: [{ name: 'list', input: { path: '.' } }] };

const reporting = (listed: string): Script => {
  const { length } = listed.split('\n').filter((line) => line.trim() !== '');
  return {
    text: `There ${length === 1 ? 'is one line' : `are ${length} lines`} to the list of this folder.`,
    calls: [],
  };
};

const sending = (asked: string): Script => {
  const { thinking = '', calls } = looking(asked);
  const errands = [{ name: agentToolName, input: { task: errand, title: 'Look around' } }];
  return {
    thinking,
    text: `${greeting(asked)} A sub-agent looks around first: it has a session of its own, which you can open.`,
    calls: [...calls.filter(({ name }) => name === 'title'), ...errands],
  };
};

const greeting = (asked: string): string =>
  `You said: “${asked.slice(0, 200)}”. I am the **demo model**: I need no key and cost nothing.`;

const looking = (asked: string): Script => ({
  thinking: 'I am a script, not a model. Still, the tools that I call are the real ones, in this real folder.',
  text: `${greeting(asked)} Let me look around first.`,
  calls: [
    { name: 'title', input: { title: `A tour of the demo: ${asked.split('\n')[0]?.slice(0, 40) ?? ''}` } },
    { name: 'list', input: { path: '.' } },
  ],
});

const writing = (asked: string): Script => ({
  text: 'Now I write a small file, so that there is a change to see.',
  calls: [
    {
      name: 'write',
      input: {
        path: newFile(asked),
        content: `// Written by the demo model.\nconst asked = ${JSON.stringify(asked.slice(0, 80))};\nconsole.log(\`You asked: \${asked}\`);\n`,
      },
    },
  ],
});

/** A name of its own, also where another session was asked the same: a file that is there is not the demo's to change. */
function newFile(asked: string): string {
  const word = /[a-z0-9]+/i.exec(asked)?.[0].toLowerCase().slice(0, 20) ?? 'hello';
  return `demo/${word}-${randomBytes(2).toString('hex')}.mjs`;
}

const running = (asked: string, turn: readonly Item[]): Script => {
  const path = fileWritten(turn);
  if (path === undefined) return closing(asked);
  return {
    text: 'And I run it. Commands are asked for first, unless you always allow them.',
    calls: [{ name: 'run_command', input: { command: `node ${path}` } }],
  };
};

/** The demo's own file: another model may have begun the turn, with files of its own. */
function fileWritten(turn: readonly Item[]): string | undefined {
  const call = turn.findLast((item) => item.type === 'tool_call' && item.name === 'write');
  return /"(demo\/[a-z0-9]+-[0-9a-f]{4}\.mjs)"/.exec(call?.text ?? '')?.[1];
}

const closing = (_asked: string): Script => ({
  text: [
    'Done. What you have seen is all there is to a turn:',
    '',
    '1. text that streams, and stays when you reload,',
    '2. tools with their arguments, output and time, and sub-agents with theirs,',
    '3. a question before a command runs.',
    '',
    'Close this page or stop the server in the middle of it: the session goes on, or says where it stopped.',
    '',
    '```toml',
    '# ~/.taffrail/config.toml, for a real model',
    '[[keys]]',
    'id = "main"',
    'provider = "anthropic"',
    'env = "ANTHROPIC_API_KEY"',
    '```',
  ].join('\n'),
  calls: [],
});

async function* spoken(
  part: string,
  kind: 'message' | 'reasoning',
  text: string,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  if (text === '') return;
  yield { type: 'opened', part, kind };
  for (const word of text.match(/\S+\s*/g) ?? []) {
    if (signal.aborted) return;
    yield { type: 'text', part, text: word };
    await new Promise((resolve) => setTimeout(resolve, wordMs));
  }
  yield { type: 'closed', part };
}

/** About four characters to a token; what was sent before counts as read from a cache. */
function simulatedUsage({ items, system }: ModelRequest, { text, thinking = '', calls }: Script) {
  const tokens = (characters: number) => Math.ceil(characters / 4);
  const said = items.reduce((sum, item) => sum + item.text.length, system.length);
  const read = Math.max(0, said - (items.at(-1)?.text.length ?? 0));
  return {
    inputTokens: tokens(said),
    outputTokens: tokens(text.length + thinking.length + JSON.stringify(calls).length),
    cacheReadTokens: Math.min(tokens(said), tokens(read)),
    cacheWriteTokens: null,
    cacheWrite1hTokens: null,
    reasoningTokens: tokens(thinking.length),
  };
}
