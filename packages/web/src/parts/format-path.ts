/** Folders as people name them. */

/** The last part of a path: what a project is called in a list. */
export function folderName(path: string): string {
  return partsOf(path).at(-1) ?? path;
}

/** Short names for a list of projects: those that would look the same have as many of the folders above as tell them apart. */
export function projectNames(paths: readonly string[]): (path: string) => string {
  const named = new Map<string, string[]>();
  for (const path of new Set(paths)) named.set(folderName(path), [...(named.get(folderName(path)) ?? []), path]);
  return (path) => {
    const alike = named.get(folderName(path)) ?? [];
    if (alike.length < 2) return folderName(path);
    const most = partsOf(path).length;
    for (let count = 2; count < most; count += 1) {
      const end = endOf(path, count);
      if (alike.filter((other) => endOf(other, count) === end).length === 1) return end;
    }
    return tildePath(path);
  };
}

const partsOf = (path: string): string[] => path.split(/[\\/]/).filter((part) => part !== '');
const endOf = (path: string, count: number): string => partsOf(path).slice(-count).join('/');

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
