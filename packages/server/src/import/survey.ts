/** What a file would bring, looked through before it is taken: a shorter or older log never replaces a longer one. */
import type { RowDraft } from '@taffrail/importers';
import { identitiesIn, type Store } from '@taffrail/store';

interface SurveyedSession {
  /** The identities of its items and requests. */
  identities: Set<string>;
  items: number;
  lastAt: number;
}

export class Survey {
  readonly sessions = new Map<string, SurveyedSession>();

  note(draft: RowDraft): void {
    const identity = identityOf(draft);
    if (identity === null) return;
    const known = this.sessions.get(draft.sessionId);
    const session = known ?? { identities: new Set<string>(), items: 0, lastAt: 0 };
    this.sessions.set(draft.sessionId, session);
    if (draft.kind === 'item.recorded' && !session.identities.has(identity)) session.items += 1;
    session.identities.add(identity);
    session.lastAt = Math.max(session.lastAt, draft.at ?? 0);
  }
}

function identityOf(draft: RowDraft): string | null {
  if (draft.kind === 'item.recorded') return draft.key;
  return draft.kind === 'usage.recorded' ? `usage:${draft.data.attemptId}` : null;
}

/** Says why the stored logs are longer or newer than what the file holds; `null` where it has something to add. */
export async function longerThan(store: Store, survey: Survey): Promise<string | null> {
  const reasons: string[] = [];
  for (const [id, given] of survey.sessions) {
    const stored = await store.queries
      .selectFrom('sessions')
      .select(['num', 'item_count', 'updated_at'])
      .where('id', '=', id)
      .executeTakeFirst();
    const known = stored ? await identitiesIn(store.queries, stored.num) : new Set<string>();
    if (!stored || [...given.identities].some((identity) => !known.has(identity))) return null;
    if (known.size > given.identities.size)
      reasons.push(
        `The stored log of session ${id} is longer (${stored.item_count} items) than the one handed in (${given.items}).`,
      );
    else if (stored.updated_at > given.lastAt)
      reasons.push(`The stored log of session ${id} is newer than the one handed in.`);
  }
  return reasons[0] ?? null;
}
