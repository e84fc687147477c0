/**
 * What the model says in a session that is killed: text, tools that leave a line each, sub-agents that do the same, and an
 * end that never comes.
 */
import { createHash } from 'node:crypto';
import type { ModelServer, Reply } from '@taffrail/testing';

/** How the first turn ends: `stalls` in an answer that hangs, `sleeps` early in a tool that hangs, `ends` as it should. */
export type Ending = 'stalls' | 'sleeps' | 'ends';

type Part = NonNullable<Reply['parts']>[number];

const pace = { chunkSize: 12, delayMs: 3 };

/** Scripts the session whose prompt holds `name`. Everything that a person says after the first prompt is answered at once. */
export function scriptKilled(model: ModelServer, name: string, ending: Ending): void {
  const reply = ({ humanTexts, index, toolResults }: Asked): Reply => {
    const usage = { inputTokens: 1_000 + index, outputTokens: 20 + index, cacheReadTokens: 300, cacheWriteTokens: 40 };
    const said = humanTexts.at(-1) ?? '';
    // What was said after an answer that never came reaches the model in one message with what was said before.
    if (!said.endsWith(firstPrompt(name))) return { parts: [{ text: `Done: ${said}.` }], usage };
    return { ...stepOf(name, toolResults.length, ending), ...pace, usage };
  };
  model.script(name, [reply], { atEnd: 'repeat' });
  for (const child of childrenOf(name)) scriptChild(model, child);
}

/** The names of its sub-agents: each is a conversation of its own. */
export const childrenOf = (name: string): string[] => ['left', 'right'].map((side) => `${name}${side}`);

/** A sub-agent says something, leaves a line, says more and leaves another, and ends. */
function scriptChild(model: ModelServer, name: string): void {
  const usage = { inputTokens: 500, outputTokens: 30, cacheReadTokens: 100, cacheWriteTokens: 10 };
  const replies: Reply[] = [
    { parts: [{ text: words(name, 'first') }, leaves(name, 0)] },
    { parts: [{ text: words(name, 'second') }, leaves(name, 1, 'sleep 0.05; ')] },
    { parts: [{ text: words(name, 'last') }] },
  ];
  model.script(
    name,
    replies.map((reply, index) => ({ ...reply, ...pace, usage: { ...usage, inputTokens: 500 + index } })),
  );
}

interface Asked {
  humanTexts: string[];
  index: number;
  toolResults: unknown[];
}

export const firstPrompt = (name: string): string => `${name}: work`;

/** The steps of the first turn, by how many results it has. */
function stepOf(name: string, results: number, ending: Ending): Reply {
  // Early, so that most kills meet it.
  if (ending === 'sleeps' && results > 0) return endings(name).sleeps;
  switch (results) {
    case 0:
      return {
        parts: [
          { thinking: words(name, 'thought'), signature: 'c2ln' },
          { text: words(name, 'first') },
          leaves(name, 0),
        ],
      };
    case 1:
      return {
        parts: [{ text: words(name, 'second') }, leaves(name, 1), ...childrenOf(name).map(gives), leaves(name, 2)],
      };
    case 5:
      return { parts: [leaves(name, 3, 'sleep 0.1; ')] };
    default:
      return endings(name)[ending];
  }
}

function endings(name: string): Record<Ending, Reply> {
  const last: Part = { text: words(name, 'last') };
  return {
    ends: { parts: [last] },
    stalls: { parts: [last], stallAfter: 'end' },
    sleeps: { parts: [last, command('echo $$ > sleeper.pid; exec sleep 1000')] },
  };
}

/** A tool that leaves one line: two mean that it ran twice. */
function leaves(name: string, number: number, before = ''): Part {
  return command(`${before}echo ${name}-${number} >> ${linesFile}; echo left ${name}-${number}`);
}

/** A task for a sub-agent. */
function gives(child: string): Part {
  return { toolCall: { name: 'agent', input: { task: firstPrompt(child), title: child } } };
}

export const linesFile = 'lines.txt';
export const sleeperFile = 'sleeper.pid';

function command(line: string): Part {
  return { toolCall: { name: 'run_command', input: { command: line, shell: true, timeoutSeconds: 600 } } };
}

const wordCount = 24;

/** Text in which no piece is like another, so that one which is missing or doubled shows. */
function words(name: string, what: string): string {
  const hashes = Array.from({ length: wordCount }, (_, at) =>
    createHash('sha256').update(`${name} ${what} ${at}`).digest('hex').slice(0, 8),
  );
  return `${what}: ${hashes.join(' ')}`;
}
