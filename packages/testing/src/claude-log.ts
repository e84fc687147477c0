/** Writes small Claude Code logs, for tests that need a log and not a particular agent. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Answer {
  id: string;
  text: string;
  input: number;
  output: number;
}

const startAt = Date.UTC(2026, 10, 1, 9);

/** The lines of a conversation: each answer follows a prompt of its own. */
export function claudeLines(sessionId: string, answers: readonly Answer[]): string[] {
  return answers.flatMap((answer, index) => {
    const at = (seconds: number) => new Date(startAt + index * 60_000 + seconds * 1000).toISOString();
    const base = { sessionId, cwd: '/home/dev/demo', version: '2.1.0', gitBranch: 'main', isSidechain: false };
    const usage = {
      input_tokens: answer.input,
      output_tokens: answer.output,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    };
    const message = {
      id: answer.id,
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text: answer.text }],
      stop_reason: 'end_turn',
      usage,
    };
    return [
      JSON.stringify({
        ...base,
        type: 'user',
        uuid: `${answer.id}-user`,
        timestamp: at(0),
        message: { role: 'user', content: `Ask for ${answer.id}` },
      }),
      JSON.stringify({
        ...base,
        type: 'assistant',
        uuid: `${answer.id}-line`,
        requestId: `req_${answer.id}`,
        timestamp: at(5),
        message,
      }),
    ];
  });
}

/** Writes lines as a session's file below `home`; returns its path. */
export function writeClaudeLog(home: string, sessionId: string, lines: readonly string[]): string {
  const path = join(home, '.claude', 'projects', '-home-dev-demo', `${sessionId}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}
