/**
 * Servers that speak Anthropic's wire without telling tokens: the AI SDK takes their answers for broken. It is handed a
 * figure that nobody can have reported, which is taken out again before anyone counts.
 */
const unreported = -1;

/** `fetch`, with the figures that the AI SDK insists on in every event that may hold usage. */
export const fetchWithUsage: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  if (!response.ok || !isStream || !response.body) return response;
  const body = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(wholeLines(filledLine))
    .pipeThrough(new TextEncoderStream());
  return new Response(body, { status: response.status, headers: response.headers });
};

/** The provider's own record, without what was put into it. */
export function asReported(raw: unknown): unknown {
  if (!isRecord(raw) || !Object.values(raw).includes(unreported)) return raw;
  const reported = Object.entries(raw).filter(([, value]) => value !== unreported);
  return reported.length === 0 ? undefined : Object.fromEntries(reported);
}

/** Passes lines on as they are whole; the last one needs no end. */
function wholeLines(change: (line: string) => string): TransformStream<string, string> {
  let rest = '';
  return new TransformStream({
    transform(chunk, controller) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (lines.length > 0) controller.enqueue(`${lines.map(change).join('\n')}\n`);
    },
    flush(controller) {
      if (rest !== '') controller.enqueue(change(rest));
    },
  });
}

// Texts may quote these words: what the line is, its JSON says.
const mayHoldUsage = /^data:.*"message_(?:start|delta)"/;

function filledLine(line: string): string {
  if (!mayHoldUsage.test(line)) return line;
  const event = parsed(line.slice('data:'.length));
  if (!isRecord(event)) return line;
  if (event['type'] === 'message_delta') return `data: ${JSON.stringify(filled(event, 'output_tokens'))}`;
  const { message } = event;
  if (event['type'] !== 'message_start' || !isRecord(message)) return line;
  return `data: ${JSON.stringify({ ...event, message: filled(message, 'input_tokens') })}`;
}

function filled(holder: Record<string, unknown>, name: string): Record<string, unknown> {
  const usage = isRecord(holder['usage']) ? holder['usage'] : {};
  return typeof usage[name] === 'number' ? holder : { ...holder, usage: { ...usage, [name]: unreported } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
