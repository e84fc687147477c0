/** Closes a switch over a union: adding a member breaks the build where it is not handled. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
