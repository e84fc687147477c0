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

/** Short names for a list of models; those that would look the same keep their whole name. */
export function modelNames(models: readonly string[]): (model: string) => string {
  const taken = new Map<string, number>();
  for (const model of new Set(models)) taken.set(shortModel(model), (taken.get(shortModel(model)) ?? 0) + 1);
  return (model) => ((taken.get(shortModel(model)) ?? 0) > 1 ? model : shortModel(model));
}

/** A model without its date stamp and vendor prefix: `claude-sonnet-4-5-20250929` is `claude-sonnet-4-5`. */
export function shortModel(model: string): string {
  return model.replace(/^(?:models\/|anthropic\/|openai\/|google\/)/, '').replace(/-20\d{6}$/, '');
}
