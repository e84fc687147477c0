/** `run_command`: a program in the session's folder, without a shell unless one is asked for. */
import { z } from 'zod';
import { BoundedOutput } from './bounded-output.js';
import { commandText, splitCommand } from './command-line.js';
import { refuseOutsideArguments, refuseOutsideProgram } from './command-paths.js';
import type { Inside } from './confine.js';
import type { Tool, ToolOutcome, ToolPlace } from './contract.js';
import { counted, sizeText } from './cut-text.js';
import { refuseHidden } from './hidden-characters.js';
import { type OpenFolder, withFolder } from './open-inside.js';
import { answering, Refusal } from './refusal.js';
import { type ProcessEnd, runProcess } from './run-process.js';

const timeoutSecondsDefault = 30;
const endlessBytes = 64 * 1024 * 1024;
const shownBytesMax = 256 * 1024;

const input = z.object({
  command: z.string().min(1).max(32_000).describe('The program with its arguments; or, with args, the program alone.'),
  args: z.array(z.string().max(32_000)).max(1_000).optional().describe('The arguments, each as it is.'),
  cwd: z.string().optional().describe('The folder to run it in, relative to the working folder.'),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(600)
    .optional()
    .describe(`It is ended after this, ${timeoutSecondsDefault} when left out.`),
  shell: z.boolean().optional().describe('Give the command to a shell: for pipes, patterns, variables, redirections.'),
});
type Input = z.infer<typeof input>;

/** What is matched by permissions begins like this where a shell is asked for. */
export const shellSubject = 'sh: ';

function wordsOf({ command, args }: Input): [string, ...string[]] {
  return args === undefined ? splitCommand(command) : [command, ...args];
}

/** A shell by another door: `bash -c …` must not slip past a rule against shells. */
const shells = /(^|\/)(ba|z|da|k|c|tc|fi|a)?sh$/;

/** What cannot be split is refused when it runs; until then it is told as it was written. */
function subject(asked: Input): string {
  if (asked.shell === true) return `${shellSubject}${asked.command}`;
  try {
    const words = wordsOf(asked);
    return `${shells.test(words[0]) ? shellSubject : ''}${commandText(words)}`;
  } catch (error) {
    if (error instanceof Refusal) return `${shellSubject}${asked.command}`;
    throw error;
  }
}

async function checked(asked: Input, cwd: Inside, place: ToolPlace): Promise<{ program: string; args: string[] }> {
  if (asked.shell === true) {
    if (asked.args !== undefined)
      throw new Refusal('With shell set, all of the command stands in command: leave args out.');
    refuseHidden('The command', asked.command, '\n\t');
    return { program: asked.command, args: [] };
  }
  const [program, ...args] = wordsOf(asked);
  await refuseOutsideProgram(place.root, cwd, program, place.env['PATH'] ?? '');
  await refuseOutsideArguments(place.root, cwd, args);
  return { program, args };
}

/** Tells whoever watches what is printed, up to a limit: a flood would fill the log. */
function shower(place: ToolPlace): (text: string) => void {
  let left = shownBytesMax;
  return (text) => {
    if (left <= 0) return;
    const shown = text.slice(0, left);
    left -= shown.length;
    place.output(left > 0 ? shown : `${shown}\n… more is printed and not shown …\n`);
  };
}

const failures: Readonly<Record<string, string>> = {
  ENOENT: 'no program of this name was found',
  EACCES: 'it may not be run as a program',
  E2BIG: 'its arguments are too long',
  ENOEXEC: 'it is not a program',
};

const leftTexts: Readonly<Record<ProcessEnd['leftBehind'], string>> = {
  none: '',
  ended: ' It left programs running in the background; they were ended.',
  escaped: ' It left a program that cut itself loose; it could not be ended.',
};

function endText(end: ProcessEnd, program: string, timeoutSeconds: number): string {
  const left = leftTexts[end.leftBehind];
  switch (end.why) {
    case 'failed':
      return `${program} could not be started: ${failures[end.errorCode ?? ''] ?? end.errorCode}.`;
    case 'timeout':
      return `Ended after ${counted(timeoutSeconds, 'second')}: it took too long. Set timeoutSeconds for more.`;
    case 'endless':
      return `Ended: it printed more than ${sizeText(endlessBytes)}.`;
    case 'stopped':
      return 'Stopped by the user.';
    case 'exit':
      return (end.signal === null ? `Exit code ${end.exitCode}.` : `Ended by the signal ${end.signal}.`) + left;
  }
}

async function outcomeOf(output: BoundedOutput, end: ProcessEnd, text: string, place: ToolPlace): Promise<ToolOutcome> {
  const status = end.why === 'stopped' ? 'interrupted' : end.why === 'exit' && end.exitCode === 0 ? 'ok' : 'error';
  const whole = output.whole();
  if (!output.isLong) return { status, text: `${whole}${/(^|\n)$/.test(`${whole}`) ? '' : '\n'}${text}` };
  const name = await place.keepAside(whole);
  return { status, text: `${BoundedOutput.part(whole, output.bytes, name)}\n${text}`, whole };
}

async function run(asked: Input, folder: OpenFolder, cwd: Inside, place: ToolPlace): Promise<ToolOutcome> {
  const { program, args } = await checked(asked, cwd, place);
  const output = new BoundedOutput();
  const show = shower(place);
  const timeoutSeconds = asked.timeoutSeconds ?? timeoutSecondsDefault;
  const end = await runProcess({
    program,
    args,
    shell: asked.shell === true,
    cwd: folder.path,
    env: place.env,
    timeoutMs: timeoutSeconds * 1_000,
    signal: place.signal,
    bytesMax: endlessBytes,
    onText: (text) => {
      output.push(text);
      show(text);
    },
    onStart: (pid) => place.started({ pid, command: subject(asked) }),
  });
  return outcomeOf(output, end, endText(end, program, timeoutSeconds), place);
}

export const runCommand: Tool<Input> = answering({
  name: 'run_command',
  description:
    'Runs a program in the working folder and shows what it prints. No shell is used unless shell is set. It cannot ask questions: its input is empty. Everything it starts ends with it.',
  input,
  writes: true,
  together: false,
  subject,
  run: (asked, place) => withFolder(place.root, asked.cwd ?? '.', (folder, cwd) => run(asked, folder, cwd, place)),
});
