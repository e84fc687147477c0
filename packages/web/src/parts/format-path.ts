/** Folders as people name them. */

/** The last part of a path: what a project is called in a list. */
export function folderName(path: string): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  return parts.at(-1) ?? path;
}

/** `~/src/quayside` for paths under a home folder. */
export function tildePath(path: string): string {
  return path.replace(/^(?:\/home\/[^/]+|\/Users\/[^/]+|\/root|[A-Za-z]:\\Users\\[^\\]+)(?=[\\/]|$)/, '~');
}

/** A model without its date stamp and vendor prefix: `claude-sonnet-4-5-20250929` is `claude-sonnet-4-5`. */
export function shortModel(model: string): string {
  return model.replace(/^(?:models\/|anthropic\/|openai\/|google\/)/, '').replace(/-20\d{6}$/, '');
}
