/** Sub-agents count with the session that started them: every session number's root. */

export interface Family {
  /** The id a session's usage is shown under: its topmost ancestor's, also where that one is not in the archive. */
  rootOf(num: number): string;
}

// A chain of parents longer than this is a loop in broken logs.
const depthMax = 64;

export function familyOf(sessions: readonly { num: number; id: string; parent_id: string | null }[]): Family {
  const parents = new Map(sessions.map((session) => [session.id, session.parent_id]));
  const roots = new Map(sessions.map((session) => [session.num, rootFrom(session.id, parents)]));
  return { rootOf: (num) => roots.get(num) ?? '' };
}

function rootFrom(id: string, parents: ReadonlyMap<string, string | null>): string {
  let root = id;
  for (let depth = 0; depth < depthMax; depth += 1) {
    const parent = parents.get(root);
    if (!parent) return root;
    root = parent;
  }
  return root;
}
