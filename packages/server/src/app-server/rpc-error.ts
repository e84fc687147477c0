/** A request that is refused, in the words and by the codes that clients of the real program know. */
import type { z } from 'zod';
import { OrderError } from '../runner/order-error.js';

export const errorCodes = { invalid: -32600, internal: -32603, overloaded: -32001 } as const;

export class RpcError extends Error {
  constructor(
    message: string,
    readonly code: number = errorCodes.invalid,
  ) {
    super(message);
    this.name = 'RpcError';
  }
}

export const overloaded = new RpcError('Server overloaded; retry later.', errorCodes.overloaded);

/** What is told of an error; `null` where it is the server's own and only its log may say more. */
export function refusalOf(error: unknown): RpcError | null {
  if (error instanceof RpcError) return error;
  return error instanceof OrderError ? new RpcError(error.message) : null;
}

export function malformed(error: z.ZodError): RpcError {
  const issue = error.issues[0];
  const path = issue?.path.join('.') ?? '';
  const isMissing = issue?.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return new RpcError(
    isMissing
      ? `Invalid request: missing field \`${path || 'params'}\``
      : `Invalid request: ${path || 'params'}: ${issue?.message ?? 'not understood'}`,
  );
}
