/**
 * The files that each turn of a session is known to have changed. They are read from its log when somebody asks, and what
 * was read is kept for a while: whoever watches a running session asks again with every few rows.
 */
import { type FolderRow, TurnFileLog } from '@taffrail/session';
import type { FileChanges, TimelineTurn, TurnFile } from '@taffrail/wire';
import { type Kysely, sql } from 'kysely';
import { rowId, rowIdSpan } from '../row-id.js';
import type { Tables } from '../tables.js';
import { pacer, type RowPiece, rowPieces } from './pieces.js';

/** So many are named of one turn. */
const namedMax = 20;
/** Enough of a result to tell whether a file is new. */
const resultCharacters = 40;
/** Read in one go. */
const rowsPerPiece = 500;
/** The sessions that somebody looks at. */
const keptMax = 8;

/** The tools whose arguments may name a file that they write; a shell may be given a patch. */
const writingTool = sql.raw(
  ['edit', 'write', 'patch', 'replace', 'create', 'save', 'new'].map((word) => `label LIKE '%${word}%'`).join(' OR '),
);

export interface FilesQuestion {
  num: number;
  epoch: number;
  cwd: string | null;
  /** The last row. */
  head: number;
}
export type FilesOf = (turnId: string) => readonly TurnFile[] | undefined;
export type NamedFiles = Pick<TimelineTurn, 'files' | 'fileCount'>;

interface ToldRow {
  id: number;
  place: number;
  kind: string;
  turn_id: string | null;
  item_type: string | null;
  label: string | null;
  call_id: string | null;
  status: string | null;
  told: string | null;
}

export class TurnFiles {
  readonly #queries: Kysely<Tables>;
  /** The one asked for last comes last. */
  readonly #kept = new Map<number, ReadFiles>();

  constructor(queries: Kysely<Tables>) {
    this.#queries = queries;
  }

  /**
   * By turn; also of turns that a rewind has set aside. A turn of which no file is known has no entry.
   * @param compared What is known of a turn from the states of its folder, where it ran here.
   */
  async of(session: FilesQuestion, compared?: FilesOf): Promise<ReadonlyMap<string, NamedFiles>> {
    const known = this.#kept.get(session.num);
    const isSame = known?.epoch === session.epoch && known.cwd === session.cwd;
    const read = isSame ? known : new ReadFiles(this.#queries, session);
    this.#kept.delete(session.num);
    this.#kept.set(session.num, read);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest);
    return read.upTo(session.head, compared);
  }
}

/** A session's log as far as it was read. */
class ReadFiles {
  readonly epoch: number;
  readonly cwd: string | null;
  readonly #queries: Kysely<Tables>;
  readonly #num: number;
  readonly #log: TurnFileLog;
  #named: ReadonlyMap<string, NamedFiles> = new Map();
  /** The place of the last row that was read. */
  #readTo = 0;
  /** One reading after the other: each goes on where the one before has stopped. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(queries: Kysely<Tables>, { num, epoch, cwd }: FilesQuestion) {
    this.#queries = queries;
    this.#num = num;
    this.epoch = epoch;
    this.cwd = cwd;
    this.#log = new TurnFileLog(cwd);
  }

  upTo(head: number, compared: FilesOf | undefined): Promise<ReadonlyMap<string, NamedFiles>> {
    const result = this.#reading.then(() => this.#read(head, compared));
    this.#reading = result.catch(() => undefined);
    return result;
  }

  async #read(head: number, compared: FilesOf | undefined): Promise<ReadonlyMap<string, NamedFiles>> {
    let isNew = false;
    const pause = pacer();
    for await (const piece of rowPieces({ num: this.#num, head }, this.#readTo, rowsPerPiece)) {
      for (const row of await this.#rows(piece)) {
        isNew = true;
        tell(this.#log, row);
        // What is told of one call may be long.
        await pause();
      }
      this.#readTo = piece.upTo % rowIdSpan;
    }
    if (isNew || compared) this.#named = named(this.#log, compared ? await this.#compared(compared) : new Map());
    return this.#named;
  }

  async #compared(filesOf: FilesOf): Promise<Map<string, readonly TurnFile[]>> {
    const turns = await this.#queries
      .selectFrom('rows')
      .select('turn_id')
      .where('id', '>', rowId(this.#num, 0))
      .where('id', '<', rowId(this.#num + 1, 0))
      // In these words: the index is over rows of this kind alone.
      .where('kind', '=', sql.lit('turn.started'))
      .execute();
    return new Map(
      turns.flatMap(({ turn_id }) => {
        const files = turn_id === null ? undefined : filesOf(turn_id);
        return turn_id === null || !files ? [] : [[turn_id, files] as const];
      }),
    );
  }

  async #rows({ after, upTo }: RowPiece): Promise<ToldRow[]> {
    const { rows } = await sql<ToldRow>`
      SELECT id, coalesce(revises, id % ${rowIdSpan}) AS place, kind, turn_id, item_type, label,
        CASE WHEN item_type IS NOT NULL THEN json_extract(data, '$.callId') END AS call_id,
        CASE item_type WHEN 'tool_result' THEN json_extract(data, '$.status') END AS status,
        CASE WHEN item_type = 'tool_result' THEN substr(text, 1, ${resultCharacters})
          WHEN item_type = 'tool_call' AND (${writingTool} OR instr(text, '*** Begin Patch')) THEN text
          WHEN kind = 'files.changed' THEN data END AS told
      FROM rows WHERE id > ${after} AND id <= ${upTo} AND (item_type IN ('tool_call', 'tool_result')
        OR kind IN ('item.deleted', 'files.changed', 'session.rewound', 'rewind.undone'))
      ORDER BY id`.execute(this.#queries);
    return rows;
  }
}

function tell(log: TurnFileLog, { kind, place, turn_id, item_type, label, call_id, status, told }: ToldRow): void {
  if (kind === 'item.deleted') log.deleted(place);
  else if (item_type === null) {
    const changes = told === null ? null : (JSON.parse(told) as FileChanges);
    log.folder({ kind: kind as FolderRow['kind'], turnId: turn_id, changes });
  } else if (call_id === null) return;
  else if (item_type === 'tool_result') log.result(call_id, status === 'ok', told ?? '');
  else if (told !== null && label !== null)
    log.call({ place, turnId: turn_id, callId: call_id, name: label, text: told });
}

function named(log: TurnFileLog, compared: ReadonlyMap<string, readonly TurnFile[]>): Map<string, NamedFiles> {
  return new Map(
    [...log.byTurn(compared)].map(([turnId, files]) => [
      turnId,
      { files: files.slice(0, namedMax), ...(files.length > namedMax ? { fileCount: files.length } : {}) },
    ]),
  );
}
