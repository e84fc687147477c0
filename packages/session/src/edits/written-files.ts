/** The files that a call has written, as far as its arguments and its result tell. */
import { unreachable } from '@taffrail/wire';
import { mcpNames } from '../words/tool-name.js';
import { countChanges, countDiff, type LineCount, linesOf, sumOf } from './line-diff.js';
import { type AskedEdit, argumentsOf, askedEdits, textArgument } from './tool-edits.js';

export interface WrittenFile {
  path: string;
  /** `null` where neither tells. */
  lines: LineCount | null;
}

/** How the agents whose logs are read begin the result of a call that wrote a file which was not there. */
const createdWords = /^(?:File created|Successfully created|Created)\b/i;

/**
 * @param call One whose result says that it worked.
 * @param result How its result begins.
 * @param budget Pairs of lines that may still be compared; what takes more has no count.
 */
export function filesWrittenBy(
  call: { name: string; text: string },
  result: string,
  budget: { pairs: number },
): WrittenFile[] {
  // What `mcp__files__edit` does, its server alone knows.
  if (mcpNames(call.name) !== null) return [];
  const asked = askedEdits(call.name, call.text);
  if (asked.length === 0) return notebookOf(call);
  return asked.flatMap((edit) => {
    const path = edit.kind === 'patch' ? edit.patch.path : edit.path;
    return path === '/dev/null' ? [] : [{ path, lines: linesOfEdit(edit, result, budget) }];
  });
}

function linesOfEdit(edit: AskedEdit, result: string, budget: { pairs: number }): LineCount | null {
  switch (edit.kind) {
    case 'replace':
      return edit.mayRepeat ? null : sumOf(edit.replacements.map((one) => countDiff(one.before, one.after, budget)));
    case 'whole':
      // What was there before is not told, if anything was.
      return createdWords.test(result) ? { added: linesOf(edit.text).length, removed: 0 } : null;
    case 'patch':
      // The short form of a patch does not say what a file held that it deletes.
      return edit.patch.action === 'delete' && edit.patch.lines.length === 0 ? null : countChanges(edit.patch.lines);
    default:
      return unreachable(edit);
  }
}

/** A cell of a notebook is replaced without saying what it held. */
function notebookOf({ name, text }: { name: string; text: string }): WrittenFile[] {
  if (!/notebook.?edit/i.test(name)) return [];
  const path = textArgument(argumentsOf(text) ?? {}, ['notebook_path']);
  return path === null ? [] : [{ path, lines: null }];
}
