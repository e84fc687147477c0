/**
 * Arguments that are paths, looked at before a program gets them. No list of arguments can confine a program that wants
 * out: this keeps a command honest that means what it says.
 */
import { isAbsolute, posix } from 'node:path';
import { type Inside, LeadsOut, resolveInside } from './confine.js';
import { refuseHidden } from './hidden-characters.js';
import { isSystemError, Refusal } from './refusal.js';

const harmless = ['/dev/null', '/dev/stdin', '/dev/stdout', '/dev/stderr'];

/** What stands before a path in an argument: `--out=`, `-C`, `NAME=`, `@`, `file://`. */
const before = /^(?:--?[\w.-]+=|[A-Za-z_]\w*=|-[A-Za-z](?=[./~])|@|file:\/\/)/;

function pathsIn(argument: string): string[] {
  const paths = [argument];
  let rest = argument;
  for (let found = before.exec(rest); found !== null; found = before.exec(rest)) {
    rest = rest.slice(found[0].length);
    paths.push(rest);
  }
  return paths.filter((path) => path !== '' && !harmless.includes(path));
}

async function refuseOutside(root: string, cwd: Inside, path: string): Promise<void> {
  try {
    await resolveInside(root, path, cwd.name);
  } catch (error) {
    // Text too long for a path, or through a file as if it were a folder, is no path.
    if (isSystemError(error, 'ENAMETOOLONG', 'EACCES')) return;
    if (error instanceof Refusal && !(error instanceof LeadsOut)) return;
    throw error;
  }
}

/** @throws Refusal where an argument leads out of the root: absolute, `..`, `~`, or through a link. */
export async function refuseOutsideArguments(root: string, cwd: Inside, args: readonly string[]): Promise<void> {
  for (const argument of args) {
    refuseHidden('The command', argument, '\n\t');
    for (const path of pathsIn(argument)) await refuseOutside(root, cwd, path);
  }
}

/**
 * A program is a name that is looked for on the PATH, a file below the root, or a file in a folder of the PATH.
 * @throws Refusal for any other.
 */
export async function refuseOutsideProgram(root: string, cwd: Inside, program: string, path: string): Promise<void> {
  refuseHidden('The command', program);
  if (!program.includes('/') && !program.startsWith('~')) return;
  const known = isAbsolute(program) && path.split(':').includes(posix.dirname(program));
  if (!known) await resolveInside(root, program, cwd.name);
}
