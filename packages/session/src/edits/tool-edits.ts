/** What a tool call changes in files, read from its arguments: every agent names them differently. */
import { unreachable } from '@taffrail/wire';
import { type DiffLine, diffLines, withMarks, withoutFarLines } from './line-diff.js';
import { type FilePatch, plainFilesOfPatch } from './patch.js';

/** `action` is what the call asked for; whether it worked is in its result. */
export type FileEdit = { path: string; action: 'edit' | 'new' | 'delete'; lines: DiffLine[] };

export type Arguments = Record<string, unknown>;

/** The arguments as an object; `null` where the model sent something else (kept as text). */
export function argumentsOf(text: string): Arguments | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Arguments) : null;
  } catch {
    return null;
  }
}

/** The first of these arguments that is a text. */
export function textArgument(args: Arguments, names: readonly string[]): string | null {
  for (const name of names) {
    const value = args[name];
    if (typeof value === 'string') return value;
  }
  return null;
}

export const pathNames = ['file_path', 'filePath', 'path', 'absolute_path', 'notebook_path', 'target_file', 'filename'];
const oldNames = ['old_string', 'oldString', 'old_str', 'oldText', 'old_text'];
const newNames = ['new_string', 'newString', 'new_str', 'newText', 'new_text', 'new_source'];
const wholeNames = ['content', 'contents', 'file_text', 'text'];
const repeatNames = ['replace_all', 'replaceAll', 'allow_multiple'];
const patchNames = ['patch', 'patchText', 'input', 'diff', 'cmd', 'command'];

/** What a call asks of one file, before it is drawn or counted. */
export type AskedEdit =
  /** `mayRepeat`: each may have been made more than once; how often, the call does not say. */
  | { kind: 'replace'; path: string; replacements: Replacement[]; mayRepeat: boolean }
  | { kind: 'whole'; path: string; text: string }
  | { kind: 'patch'; patch: FilePatch };

/** An empty list where it changes no file that its arguments show. */
export function askedEdits(name: string, text: string): AskedEdit[] {
  const args = argumentsOf(text);
  if (!args) return looksLikePatch(text) ? patched(text) : [];
  const path = textArgument(args, pathNames);
  const replacements = path === null ? [] : replacementsOf(args);
  if (path !== null && replacements.length > 0) {
    return [{ kind: 'replace', path, replacements, mayRepeat: mayRepeat(args) }];
  }
  const whole = textArgument(args, wholeNames);
  if (path !== null && whole !== null && /write|create|new|save/i.test(name)) {
    return [{ kind: 'whole', path, text: whole }];
  }
  const patch = patchTexts(args).find(looksLikePatch);
  return patch === undefined ? [] : patched(patch);
}

/** The edits a call asks for, line by line. */
export function editsOf(name: string, text: string): FileEdit[] {
  return askedEdits(name, text).map((asked): FileEdit => {
    switch (asked.kind) {
      case 'replace':
        return { path: asked.path, action: 'edit', lines: linesFor(asked.replacements) };
      case 'whole':
        return { path: asked.path, action: 'new', lines: diffLines('', asked.text) };
      case 'patch':
        return { ...asked.patch, lines: withMarks(asked.patch.lines) };
      default:
        return unreachable(asked);
    }
  });
}

const patched = (text: string): AskedEdit[] => plainFilesOfPatch(text).map((patch) => ({ kind: 'patch', patch }));

function looksLikePatch(text: string): boolean {
  return text.includes('*** Begin Patch') || /^@@ -\d+/m.test(text);
}

/** A shell call may carry its patch inside a list of words. */
function patchTexts(args: Arguments): string[] {
  return patchNames.flatMap((name) => [args[name]].flat()).filter((value) => typeof value === 'string');
}

export type Replacement = { before: string; after: string };

function replacementsOf(args: Arguments): Replacement[] {
  const list = Array.isArray(args.edits) ? args.edits : [args];
  return list.flatMap((edit): Replacement[] => {
    if (typeof edit !== 'object' || edit === null) return [];
    const before = textArgument(edit as Arguments, oldNames);
    const after = textArgument(edit as Arguments, newNames);
    return before === null || after === null ? [] : [{ before, after }];
  });
}

function mayRepeat(args: Arguments): boolean {
  const edits = Array.isArray(args.edits) ? (args.edits as unknown[]) : [];
  const isRepeated = (one: unknown) =>
    typeof one === 'object' && one !== null && repeatNames.some((name) => (one as Arguments)[name] === true);
  return isRepeated(args) || edits.some(isRepeated) || Number(args.expected_replacements ?? 1) > 1;
}

/** Replacements are shown one after another. Their line numbers are not the file's, so they are left out. */
function linesFor(replacements: Replacement[]): DiffLine[] {
  return replacements.flatMap(({ before, after }, index) => {
    const lines = withoutFarLines(diffLines(before, after)).map(withoutNumbers);
    return index === 0 ? lines : [{ kind: 'gap' as const, text: '' }, ...lines];
  });
}

function withoutNumbers(line: DiffLine): DiffLine {
  switch (line.kind) {
    case 'same':
      return { ...line, oldNumber: 0, newNumber: 0 };
    case 'del':
      return { ...line, oldNumber: null };
    case 'add':
      return { ...line, newNumber: null };
    default:
      return line;
  }
}
