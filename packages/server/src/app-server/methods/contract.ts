/** What a method is: the parameters it reads, and what it does for the connection that asked. */
import type { z } from 'zod';
import type { AppServer } from '../app-server.js';
import type { Connection } from '../connection.js';
import { type anyParams, paramsSchemas } from '../wire/params.js';
import type { MethodName, ResultOf } from '../wire/results.js';

export interface Asking {
  server: AppServer;
  connection: Connection;
}

export interface Answered<Result> {
  result: Result;
  /** What is told to this connection right after the result, before anything else. */
  after?: () => void;
}

export interface Method {
  params: z.ZodType;
  needsParams: boolean;
  run(params: unknown, asking: Asking): Promise<Answered<unknown>>;
}

/** A method whose parameters are read before it runs. */
export function method<Name extends MethodName, Schema extends z.ZodType>(
  _name: Name,
  params: Schema,
  run: (params: z.infer<Schema>, asking: Asking) => Promise<Answered<ResultOf<Name>>>,
): Method {
  return { params, needsParams: true, run: (read, asking) => run(read as z.infer<Schema>, asking) };
}

/** A method that only says how things stand, whatever it is asked with. */
export function standing<Name extends MethodName>(
  name: Name,
  params: typeof anyParams,
  run: (asking: Asking) => ResultOf<Name>,
): Method {
  return method(name, params, async (_read, asking) => ({ result: run(asking) }));
}

export const ofThread = paramsSchemas.thread;
