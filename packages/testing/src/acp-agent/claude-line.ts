/** A model request as a line of Claude Code's log, at a time of one's own. */

interface Request {
  id: string;
  input: number;
  output: number;
  text: string;
}

export function claudeLine(
  { id, input, output, text }: Request,
  { sessionId, cwd, at }: { sessionId: string; cwd: string; at: number },
): string {
  const usage = {
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  };
  return JSON.stringify({
    sessionId,
    cwd,
    version: '2.1.0',
    gitBranch: 'main',
    isSidechain: false,
    type: 'assistant',
    uuid: `${id}-line`,
    requestId: `req_${id}`,
    timestamp: new Date(at).toISOString(),
    message: {
      id,
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      usage,
    },
  });
}
