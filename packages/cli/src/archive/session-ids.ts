/** Session ids as people read and type them: as much of the beginning as tells one from all others. */
import { type StoreReader, UsageError } from '@taffrail/server';
import { Failure } from '../failure.js';

export interface FoundId {
  id: string;
  num: number;
}

const namedMax = 5;
// Sorts after every character of an id.
const afterAll = '\u{10ffff}';

/**
 * The session that `text` names: its id, or a beginning that no other session has. A session comes before its
 * sub-agents, whose ids begin with its own; a sub-agent is named by its part after the dot, dot included.
 * @throws UsageError where several are meant, Failure where there is none.
 */
export async function sessionNamed(store: StoreReader, text: string): Promise<FoundId> {
  const found = text.startsWith('.') ? await endingIn(store, text) : await beginningWith(store, text);
  const [first] = found;
  if (!first) throw new Failure(`there is no session ${text}; "taffrail sessions" lists them`);
  if (
    found.length === 1 ||
    first.id === text ||
    found.every(({ id }) => id.startsWith(`${first.id}.`) || id === first.id)
  )
    return first;
  const named = found.slice(0, namedMax).map(({ id }) => id);
  throw new UsageError(
    `${text} begins several session ids: ${named.join(', ')}${found.length > namedMax ? ', …' : ''}`,
  );
}

function beginningWith(store: StoreReader, text: string): Promise<FoundId[]> {
  return store.queries
    .selectFrom('sessions')
    .select(['id', 'num'])
    .where('id', '>=', text)
    .where('id', '<', text + afterAll)
    .orderBy('id', 'asc')
    .execute();
}

async function endingIn(store: StoreReader, text: string): Promise<FoundId[]> {
  const ids = await store.queries
    .selectFrom('sessions')
    .select(['id', 'num'])
    .where('parent_id', 'is not', null)
    .orderBy('id', 'asc')
    .execute();
  return ids.filter(({ id }) => id.includes(text));
}

const shownMin = 8;

/** A function from ids to the shortest text that `sessionNamed` finds them by among `all`, at least eight characters. */
export function idShortener(all: readonly string[]): (id: string, parentId: string | null) => string {
  const shortId = shortener(all);
  const shortEnd = shortener(all.flatMap(endsOf));
  return (id, parentId) => {
    const isPart = parentId !== null && id.startsWith(`${parentId}.`);
    return isPart ? shortEnd(id.slice(parentId.length)) : shortId(id);
  };
}

/** What a sub-agent may be named by: `.b.c` and `.c` of `a.b.c`. */
function endsOf(id: string): string[] {
  const dot = id.indexOf('.');
  return dot === -1 ? [] : [id.slice(dot), ...endsOf(id.slice(dot + 1))];
}

function shortener(names: readonly string[]): (name: string) => string {
  const sorted = [...names].sort();
  const places = new Map(sorted.map((name, index) => [name, index]));
  return (name) => {
    const place = places.get(name) ?? -1;
    const before = sorted[place - 1] ?? '';
    const after = sorted.slice(place + 1).find((other) => !other.startsWith(`${name}.`)) ?? '';
    const shared = Math.max(sharedLength(name, before), sharedLength(name, after));
    return name.slice(0, Math.max(shownMin, shared + 1));
  };
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

/** Every session id of an archive. */
export async function allIds(store: StoreReader): Promise<string[]> {
  const rows = await store.queries.selectFrom('sessions').select('id').execute();
  return rows.map((row) => row.id);
}
