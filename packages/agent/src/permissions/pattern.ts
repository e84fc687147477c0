/** Patterns of permissions: text, in which `*` stands for anything; `\*` and `\\` are the characters themselves. */

/** The fixed texts between the free parts. */
function fixedParts(pattern: string): string[] {
  const parts = [''];
  for (const [piece] of pattern.matchAll(/\\[\\*]|./gsu)) {
    if (piece === '*') parts.push('');
    else parts.push((parts.pop() ?? '') + (piece.length > 1 && piece.startsWith('\\') ? piece.slice(1) : piece));
  }
  return parts;
}

/** Whether all of `subject` is what `pattern` says. Takes time in proportion to both, whatever they hold. */
export function matches(pattern: string, subject: string): boolean {
  const parts = fixedParts(pattern);
  const first = parts.shift() ?? '';
  const last = parts.pop();
  if (last === undefined) return subject === first;
  if (subject.length < first.length + last.length) return false;
  if (!subject.startsWith(first) || !subject.endsWith(last)) return false;
  const middle = subject.slice(first.length, subject.length - last.length);
  let at = 0;
  for (const part of parts) {
    const found = middle.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return true;
}

/** How much a pattern says: the characters that are fixed. One without a free part says more than any with one. */
export function specificity(pattern: string): number {
  const parts = fixedParts(pattern);
  const fixed = parts.reduce((sum, part) => sum + part.length, 0);
  return parts.length === 1 ? fixed + 1_000_000 : fixed;
}
