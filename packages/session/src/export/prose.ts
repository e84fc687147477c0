/**
 * Markdown that somebody else wrote, so that it can stand in a file of ours: it keeps its looks, but begins no tag, loads
 * nothing, runs nothing, and ends where it ends. Line by line: what a renderer takes for code over several lines depends on all
 * that stands around it, and whoever wrote it may have meant to deceive.
 */

export function safeProse(prose: string): string {
  return prose.split('\n').map(safeLine).join('\n');
}

// A longer one is no code: looking for its end in a line without end takes too long.
const codeMax = 1_000;

function safeLine(line: string): string {
  let safe = '';
  let isInAddress = false;
  for (let rest = line.replace(/^(\s*)~~~/, '$1\\~~~'); rest !== ''; ) {
    const token = /^(?:\\.|`+|[^\\`]+|\\$)/su.exec(rest)?.[0] ?? rest;
    const span = token.startsWith('`') && !isInAddress ? codeSpan(rest, token) : null;
    const taken = span ?? token;
    rest = rest.slice(taken.length);
    safe += span ?? safeToken(token, rest === '');
    isInAddress = endsInAddress(taken, isInAddress);
  }
  return safe;
}

/**
 * Whether an address that stands bare goes on behind this part of a line: it takes in the backslashes and backticks that follow,
 * which then protect nothing.
 */
function endsInAddress(part: string, before: boolean): boolean {
  const word = part.slice(1 + Math.max(part.lastIndexOf(' '), part.lastIndexOf('\t')));
  return (before && word === part) || /\/\/|www\./i.test(word);
}

function safeToken(token: string, isLast: boolean): string {
  if (token.startsWith('`')) return token.replaceAll('`', '\\`');
  if (token === '\\<') return '&lt;';
  return token.startsWith('\\') ? token : text(token, isLast);
}

/** Code from this run of backticks to the next that is as long; `null` where none is, so that the run begins no code. */
function codeSpan(rest: string, run: string): string | null {
  const within = rest.slice(run.length, 2 * run.length + codeMax + 1);
  for (const { 0: other, index } of within.matchAll(/`+/g))
    if (other.length === run.length && index <= codeMax) return rest.slice(0, run.length + index + run.length);
  return null;
}

/** `](` or `]:` before what is no address of the web or of mail, and none without a scheme that ends before `end`. */
const otherLink = (end: string) => {
  const harmless = String.raw`\s{0,4}(?:https?:\/\/|mailto:|[^\s:&\\<]{1,300}${end})`;
  return new RegExp(String.raw`\](?=\((?!${harmless})|:(?!${harmless}))`, 'giu');
};
const otherLinks = { last: otherLink(String.raw`(?:[\s)]|$)`), inner: otherLink(String.raw`[\s)]`) };

/**
 * No tag, no image (a reader's program would fetch it), no address that a program would run.
 * @param isLast whether the line ends with it: else an address may go on behind a backslash.
 */
function text(part: string, isLast: boolean): string {
  return part
    .replace(/<(?=[a-z/!?])/gi, '&lt;')
    .replace(/!(?=\[)/g, '\\!')
    .replace(isLast ? otherLinks.last : otherLinks.inner, '\\]');
}
