/** A mistake of the person in front of the program: said in one line, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
