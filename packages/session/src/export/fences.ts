/** Markdown code fences: where prose ends and code begins, so that each can be written safely. */

export interface Passage {
  kind: 'prose' | 'code';
  text: string;
  /** What the fence says the code is; empty for prose. */
  language: string;
}

const opening = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;

/** The passages of a text in order. A fence that is never closed runs to the end. */
export function passagesOf(text: string): Passage[] {
  const passages: Passage[] = [];
  let current: Passage = { kind: 'prose', text: '', language: '' };
  let fence: string | null = null;
  let lines: string[] = [];
  const finish = (next: Passage) => {
    if (lines.length > 0 || current.kind === 'code') passages.push({ ...current, text: lines.join('\n') });
    lines = [];
    current = next;
  };
  for (const line of text.split('\n')) {
    const opened: RegExpExecArray | null = fence === null ? opening.exec(line) : null;
    if (opened?.[1]) {
      fence = opened[1];
      finish({ kind: 'code', text: '', language: opened[2] ?? '' });
    } else if (fence !== null && closes(line, fence)) {
      fence = null;
      finish({ kind: 'prose', text: '', language: '' });
    } else lines.push(line);
  }
  finish(current);
  return passages.filter((passage) => passage.kind === 'code' || passage.text.trim() !== '');
}

function closes(line: string, fence: string): boolean {
  const marks = line.trim();
  return marks.length >= fence.length && marks === fence.charAt(0).repeat(marks.length);
}

/** A fenced block that no run of backticks inside can end. */
export function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language.replace(/[^\w+#.-]/g, '')}\n${text}\n${fence}`;
}
