/** Several values of one parameter: how they are written in an address, and how they are read. */

/**
 * A parameter that comes more than once holds a value each time, whole. One that comes once may hold several between
 * commas.
 */
export function severalFrom(given: readonly string[]): string[] {
  const [only] = given;
  return given.length === 1 && only !== undefined ? only.split(',') : [...new Set(given)];
}

/** How often to write a parameter, and with what: a single value that has a comma is said twice, so that it stays whole. */
export function severalWritten(values: readonly string[]): readonly string[] {
  const [only] = values;
  return values.length === 1 && only?.includes(',') ? [only, only] : values;
}
