/**
 * Patterns for file names become regular expressions, and each free part more makes their worst case longer by a power.
 * A pattern comes from a model, a `.gitignore` from a stranger's repository: neither may hold up the server.
 */

export const lengthMax = 500;
export const wildcardsMax = 8;
export const wildcardsInNameMax = 3;
const foldersMax = 3;
/** Deeper folders are not looked into: `**` takes longer with each. */
export const depthMax = 64;

function wildcards(text: string): number {
  return text.match(/\*+/g)?.length ?? 0;
}

/** True where matching `pattern` could take long. */
export function isCostly(pattern: string): boolean {
  return (
    pattern.length > lengthMax ||
    wildcards(pattern) > wildcardsMax ||
    (pattern.match(/\*\*+/g)?.length ?? 0) > foldersMax ||
    pattern.split('/').some((name) => wildcards(name) > wildcardsInNameMax)
  );
}
