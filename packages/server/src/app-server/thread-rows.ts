/** Threads as the store knows them: found, listed and put into the words of other clients. */
import type { Store } from '@taffrail/store';
import { version } from '../version.js';
import type { Thread, ThreadStatus, ThreadTurn } from './wire/thread.js';

const columns = [
  'num',
  'id',
  'agent',
  'origin',
  'title',
  'cwd',
  'branch',
  'model',
  'agent_version',
  'parent_id',
  'forked_from',
  'status',
  'open',
  'created_at',
  'updated_at',
  'head',
  'turn_count',
] as const;

export type ThreadRow = Awaited<ReturnType<typeof findThread>> & object;

export function findThread({ queries }: Pick<Store, 'queries'>, id: string) {
  return queries.selectFrom('sessions').select(columns).where('id', '=', id).executeTakeFirst();
}

export interface ThreadQuestion {
  archived: boolean;
  /** Only threads of these folders; `null` for all. */
  cwds: readonly string[] | null;
  words: string;
  /** Only these; `null` for all. */
  included: readonly string[] | null;
  excluded: readonly string[];
  sort: 'created_at' | 'updated_at';
  order: 'asc' | 'desc';
  offset: number;
  limit: number;
}

// Clients read every id of a list as a UUID, and give the whole list up where one is none.
const uuidShape = '________-____-____-____-____________';

/**
 * Threads with at least one turn, of whichever agent; sub-agents are left out. Archived are those that ran here and
 * were closed: a session that another agent recorded was never open.
 */
export function listThreads({ queries }: Pick<Store, 'queries'>, question: ThreadQuestion) {
  const { cwds, words, sort, order, offset, limit } = question;
  let query = queries
    .selectFrom('sessions')
    .select(columns)
    .where('id', 'like', uuidShape)
    .where('turn_count', '>', 0)
    .where('parent_id', 'is', null)
    .where((builder) =>
      question.archived
        ? builder.and([builder('origin', '=', 'live'), builder('open', '=', 0)])
        : builder.or([builder('origin', '!=', 'live'), builder('open', '=', 1)]),
    );
  if (cwds) query = query.where('cwd', 'in', [...cwds]);
  if (question.included) query = query.where('id', 'in', [...question.included]);
  if (question.excluded.length > 0) query = query.where('id', 'not in', [...question.excluded]);
  if (words !== '')
    query = query.where((builder) => {
      const place = builder.fn<number>('instr', [builder.fn('lower', ['title']), builder.val(words.toLowerCase())]);
      return builder(place, '>', 0);
    });
  return query.orderBy(sort, order).orderBy('num', order).offset(offset).limit(limit).execute();
}

export const isArchived = ({ origin, open }: Pick<ThreadRow, 'origin' | 'open'>): boolean =>
  origin === 'live' && open === 0;

/** `KEY/MODEL` of sessions that run here, the bare model of others, which name their agent in the provider's place. */
export function modelOf({ model, agent }: Pick<ThreadRow, 'model' | 'agent'>): { model: string; provider: string } {
  const key = agent === 'taffrail' ? model?.split('/')[0] : agent;
  return { model: model ?? 'unknown', provider: key || 'unknown' };
}

export interface ThreadFacts {
  status: ThreadStatus;
  preview: string;
  turns: readonly ThreadTurn[];
}

export function threadOf(row: ThreadRow, { status, preview, turns }: ThreadFacts): Thread {
  const { model, provider } = modelOf(row);
  const updatedAt = Math.floor(row.updated_at / 1000);
  return {
    id: row.id,
    sessionId: row.id,
    forkedFromId: row.forked_from,
    parentThreadId: row.parent_id,
    preview,
    ephemeral: false,
    projectId: null,
    historyMode: 'legacy',
    modelProvider: provider,
    model,
    createdAt: Math.floor(row.created_at / 1000),
    updatedAt,
    recencyAt: updatedAt,
    status,
    path: null,
    cwd: row.cwd ?? '/',
    cliVersion: row.agent_version ?? version,
    source: 'vscode',
    threadSource: null,
    agentNickname: null,
    agentRole: null,
    gitInfo: row.branch === null ? null : { sha: null, branch: row.branch, originUrl: null },
    name: nameOf(row.title, preview),
    turns: [...turns],
  };
}

/** A title that only repeats the first line of the input is no name. */
function nameOf(title: string | null, preview: string): string | null {
  const start = title?.replace(/…$/, '') ?? '';
  return title === null || preview.trim().startsWith(start) ? null : title;
}
