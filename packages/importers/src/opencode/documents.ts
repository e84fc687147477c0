/** opencode up to 1.1: `storage/{session,message,part}/…`, a JSON file for each record, rewritten in place. */
import type { DocumentReader, Siblings, Sink } from '../contract.js';
import { type JsonObject, objectAt, stringAt, timeAt } from '../json.js';
import { mintedAt } from './ids.js';
import { readMessage, readPartAlone } from './message.js';
import { readSession } from './session.js';
import type { MessageRecord, PartRecord, SessionRecord, Shelf } from './shelf.js';

/** Where a record's file lies: ids are taken from here, as the program itself does when it moves old files. */
interface FilePlace {
  /** The folder that holds `session`, `message` and `part`. */
  storage: string;
  kind: 'session' | 'message' | 'part';
  /** The folder the file is in: a project, a session or a message. */
  folder: string;
  id: string;
}

const placePattern = /^(.*?)(?:^|\/)(session|message|part)\/([^/]+)\/([^/.][^/]*)\.json$/;

/** The place of a record's file below a root; `null` for every other file. */
export function placeOfFile(path: string): FilePlace | null {
  const [, storage, kind, folder, id] = placePattern.exec(path) ?? [];
  if (storage === undefined || !folder || !id) return null;
  return kind === 'session' || kind === 'message' || kind === 'part' ? { storage, kind, folder, id } : null;
}

export const opencodeDocuments: DocumentReader = {
  read(source, file, siblings, out) {
    const place = placeOfFile(source.path) ?? placeOfContent(file);
    if (place) readFile(place, file, fileShelf(place.storage, siblings), out);
    else out.problem('unknown_record', 'neither a session, a message nor a part');
  },
};

function readFile({ kind, folder, id }: FilePlace, data: JsonObject, shelf: Shelf, out: Sink): void {
  if (kind === 'session') readSession(sessionOf(id, data), shelf, out);
  else if (kind === 'message') readMessage({ id, sessionId: folder, data }, shelf, out);
  else readPartFile({ id, data }, folder, shelf, out);
}

/** A file handed in alone has no folder to go by. */
function placeOfContent(file: JsonObject): FilePlace | null {
  const id = stringAt(file, 'id');
  const [session, message] = [stringAt(file, 'sessionID'), stringAt(file, 'messageID')];
  if (!id) return null;
  if (session && message) return { storage: '', kind: 'part', folder: message, id };
  if (session) return { storage: '', kind: 'message', folder: session, id };
  return 'directory' in file || 'projectID' in file ? { storage: '', kind: 'session', folder: '', id } : null;
}

function readPartFile(part: PartRecord, messageId: string, shelf: Shelf, out: Sink): void {
  const sessionId = stringAt(part.data, 'sessionID');
  if (!sessionId) {
    out.problem('wrong_shape', 'a part without sessionID');
    return;
  }
  const message = shelf.message(sessionId, messageId);
  if (!message) out.problem('incomplete', 'a part whose message is missing');
  readPartAlone(part, message ?? { id: messageId, sessionId, data: {} }, shelf, out);
}

function sessionOf(id: string, file: JsonObject): SessionRecord {
  const parentId = stringAt(file, 'parentID');
  const title = stringAt(file, 'title');
  const directory = stringAt(file, 'directory');
  const version = stringAt(file, 'version');
  return {
    id,
    key: 'session:file',
    created: timeAt(objectAt(file, 'time'), 'created'),
    ...(parentId ? { parentId } : {}),
    ...(title ? { title } : {}),
    ...(directory ? { directory } : {}),
    ...(version ? { version } : {}),
  };
}

/** Looks records up in the files around. It lives for one reading, so what it remembers cannot grow stale. */
function fileShelf(storage: string, siblings: Siblings): Shelf {
  const below = storage === '' ? '' : `${storage}/`;
  const listed = new Map<string, string[]>();
  const idsIn = (folder: string): string[] => {
    const known = listed.get(folder) ?? jsonNames(siblings.list(`${below}${folder}`));
    listed.set(folder, known);
    return known;
  };
  const message = (sessionId: string, id: string): MessageRecord | null => {
    const data = id === '' ? null : siblings.readJson(`${below}message/${sessionId}/${id}.json`);
    return data ? { id, sessionId, data } : null;
  };
  return {
    // The session's file is named by a project that messages do not know; its id tells the same moment.
    sessionCreated: (sessionId, near) => mintedAt(sessionId, near),
    messageIds: (sessionId) => idsIn(`message/${sessionId}`),
    message,
    parts: ({ id }) => idsIn(`part/${id}`).flatMap((name) => partIn(siblings, `${below}part/${id}`, name)),
    stepOf: ({ id, sessionId, data }) => {
      const ids = idsIn(`message/${sessionId}`);
      const prompt = ids.indexOf(stringAt(data, 'parentID') ?? '');
      return prompt === -1 ? 0 : Math.max(0, ids.indexOf(id) - prompt - 1);
    },
    createdAt: (created, except) =>
      siblings
        .list(`${below}message`)
        .filter((sessionId) => sessionId !== except && begunBefore(sessionId, created))
        .flatMap((sessionId) => idsIn(`message/${sessionId}`).map((id) => ({ sessionId, id })))
        .filter(({ id }) => Math.abs((mintedAt(id, created) ?? 0) - created) <= mintedApartMaxMs)
        .flatMap(({ sessionId, id }) => message(sessionId, id) ?? [])
        .filter(({ data }) => timeAt(objectAt(data, 'time'), 'created') === created),
  };
}

function jsonNames(paths: string[]): string[] {
  return paths
    .filter((path) => path.endsWith('.json') && !path.startsWith('.') && !path.includes('/'))
    .map((path) => path.slice(0, -'.json'.length))
    .sort();
}

function partIn(siblings: Siblings, folder: string, id: string): PartRecord[] {
  const data = siblings.readJson(`${folder}/${id}.json`);
  return data ? [{ id, data }] : [];
}

// An original's id is minted just before its record is made; 27 ms apart was the most in the corpus.
const mintedApartMaxMs = 1000;

/** Only a session that had begun can hold the original of a message; most folders need not be opened. */
function begunBefore(sessionId: string, created: number): boolean {
  const begun = mintedAt(sessionId, created);
  return begun !== null && begun <= created;
}
