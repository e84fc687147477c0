/** Orders that cannot be carried out, as problems. */
import { OrderError } from '../runner/order-error.js';
import { HttpProblem } from './problem.js';

const statusOf = { unknown: 404, gone: 409, busy: 409, refused: 400, foreign: 409, large: 413 } as const;

export async function obeying<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OrderError) throw new HttpProblem(statusOf[error.kind], error.message);
    throw error;
  }
}
