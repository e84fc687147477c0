/** One message on the line: JSON-RPC without the `jsonrpc` field, which is not sent and not missed. */
import { z } from 'zod';

/** Echoed as it came, in its own type. A number that does not survive reading is none. */
export const requestIdSchema = z.union([z.string(), z.int()]);
export type RequestId = z.infer<typeof requestIdSchema>;

export type Heard =
  | { kind: 'request'; id: RequestId; method: string; params: unknown }
  | { kind: 'notification'; method: string }
  | { kind: 'answer'; id: RequestId; result: unknown }
  | { kind: 'refusal'; id: RequestId }
  | { kind: 'noise' };

const noise: Heard = { kind: 'noise' };

/** Whatever is no message is noise, which the real program passes over without a word. */
export function heardFrom(text: string): Heard {
  const message = objectFrom(text);
  if (!message) return noise;
  const id = requestIdSchema.safeParse(message['id']);
  if (typeof message['method'] === 'string') {
    if (message['id'] === undefined) return { kind: 'notification', method: message['method'] };
    if (!id.success) return noise;
    return { kind: 'request', id: id.data, method: message['method'], params: message['params'] };
  }
  if (!id.success) return noise;
  if ('result' in message) return { kind: 'answer', id: id.data, result: message['result'] };
  return 'error' in message ? { kind: 'refusal', id: id.data } : noise;
}

function objectFrom(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
