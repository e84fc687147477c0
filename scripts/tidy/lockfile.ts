/**
 * Two ways in which a lockfile works for its writer and fails in a fresh clone: it names the writer's registry, or it lacks
 * the binaries of platforms other than the writer's.
 */

export interface Lockfile {
  packages: Record<string, LockedPackage>;
}

interface LockedPackage {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

/** Packages whose `resolved` is an address: everyone else would download from there. Links to our own folders are fine. */
export function namedHosts({ packages }: Lockfile): string[] {
  return Object.entries(packages)
    .filter(([, locked]) => locked.resolved?.includes('://'))
    .map(([path, locked]) => `${path}: ${locked.resolved}`);
}

/** The folders in which Node looks for what the package at `path` requires, nearest first. */
function lookupFolders(path: string): string[] {
  if (path === '') return ['node_modules'];
  const parent = path.lastIndexOf('/node_modules/');
  return [`${path}/node_modules`, ...lookupFolders(parent < 0 ? '' : path.slice(0, parent))];
}

/** Optional dependencies (the binaries of each platform) that the lockfile does not hold: `npm ci` refuses such a lock. */
export function missingOptionals({ packages }: Lockfile): string[] {
  return Object.entries(packages).flatMap(([path, locked]) =>
    Object.keys(locked.optionalDependencies ?? {})
      .filter((name) => !lookupFolders(path).some((folder) => `${folder}/${name}` in packages))
      .map((name) => `${path} wants ${name}`),
  );
}
