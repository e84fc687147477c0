/** Finds what keeps the states of a folder: git where it is in a repository, copies elsewhere. */
import { isAbsolute, relative, sep } from 'node:path';
import type { CheckpointKind } from '@taffrail/wire';
import { CopyKeeper } from './copy-keeper.js';
import type { CopyStore } from './copy-store.js';
import type { Environment } from './git.js';
import { gitKeeper } from './git-keeper.js';
import { type Keeper, NotKept } from './keeper.js';

export interface KeeperPlace {
  root: string;
  env: Environment;
  dataDir: string;
  copies: CopyStore;
  /** After this long nothing more is waited for. */
  patienceMs: number;
  /** Nobody waits any more. */
  signal?: AbortSignal;
}

/** @param kind What has kept the state that is asked for; without it, what fits the folder now. */
export async function openKeeper(place: KeeperPlace, kind?: CheckpointKind): Promise<Keeper> {
  const { root, env, copies } = place;
  const limit = AbortSignal.timeout(place.patienceMs);
  const signal = place.signal ? AbortSignal.any([limit, place.signal]) : limit;
  const isApart = apartIn(root, place.dataDir);
  const keeper = kind === 'copy' ? null : await gitKeeper({ root, env, signal }, isApart);
  if (kind === 'git' && !keeper) throw new NotKept('the folder is in no git repository any more');
  return keeper ?? new CopyKeeper({ root, isApart, signal }, copies);
}

/** The data folder may lie in the session's: what is kept must not be kept again. */
function apartIn(root: string, dataDir: string): (path: string) => boolean {
  const inside = relative(root, dataDir).split(sep).join('/');
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) return () => false;
  return (path) => path.replace(/\/$/, '') === inside || path.startsWith(`${inside}/`);
}

/** Why a folder could not be kept, for people. @throws what is no such reason. */
export function reasonOf(error: unknown): string {
  if (error instanceof NotKept) return error.message;
  if (error instanceof Error && 'code' in error) return error.message;
  throw error;
}
