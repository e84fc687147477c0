/** How the fake agent is run, and what a home folder tells of its runs. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentStep } from './script.js';

/** The program with its arguments. */
export function fakeAgentCommand(...flags: string[]): string[] {
  const tsx = join(createRequire(import.meta.url).resolve('tsx/package.json'), '../dist/loader.mjs');
  return [
    process.execPath,
    '--import',
    `file://${tsx}`,
    fileURLToPath(new URL('./main.ts', import.meta.url)),
    ...flags,
  ];
}

/** A prompt that lets it do this. */
export function toDo(...steps: AgentStep[]): string {
  return JSON.stringify(steps);
}

export interface FakePrompt {
  pid: number;
  model: string;
  sessionId: string;
  /** MCP servers that it was told of with the conversation. */
  servers: unknown[];
  prompt: { type: string; text?: string; mimeType?: string }[];
}

/** All prompts that agents with this home were given. */
export function fakePrompts(home: string): FakePrompt[] {
  const lines = readFileSync(join(home, '.fake-agent', 'prompts.jsonl'), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as FakePrompt);
}
