/**
 * Agents that are hosted here write their own logs all the same. What such a log says of a hosted turn is in the host's log
 * already, but for the usage: that goes there, by the request's own identity. What the agent does elsewhere, as when a
 * person goes on with the conversation in a terminal, is imported as ever.
 */
import {
  type Host,
  type HostedTurn,
  hostsOf,
  type NewRow,
  type SessionAppend,
  type Store,
  stepsOf,
} from '@taffrail/store';

type Described = Extract<NewRow, { kind: 'session.described' }>;
type UsageRow = Extract<NewRow, { kind: 'usage.recorded' }>;

// Agents log the last of a turn just after they have said that it is over.
const afterTurnMs = 5_000;

/** The same appends without what is known, with the usage where it belongs. */
export async function withHosts(
  store: Pick<Store, 'queries'>,
  appends: readonly SessionAppend[],
): Promise<readonly SessionAppend[]> {
  const agent = appends[0]?.agent;
  if (agent === undefined) return appends;
  const hosts = await hostsOf(store.queries, agent, conversationsIn(appends));
  if (hosts.size === 0) return appends;
  const kept = appends.flatMap((append) => keptOf(append, hosts));
  return [...kept, ...(await usageOf(store, appends, hosts))];
}

/** Those that the appends are of, and those whose sub-agents they are of. */
function conversationsIn(appends: readonly SessionAppend[]): string[] {
  const parents = appends.flatMap(({ rows }) =>
    rows.flatMap((row) => (row.kind === 'session.described' ? (row.data.parentId ?? []) : [])),
  );
  return [...new Set([...appends.map(({ sessionId }) => sessionId), ...parents])];
}

function keptOf(append: SessionAppend, hosts: ReadonlyMap<string, Host>): SessionAppend[] {
  const host = hosts.get(append.sessionId);
  const rows = append.rows.flatMap((row): NewRow[] => {
    if (row.kind === 'session.described') return [host ? named(row, host) : underHost(row, hosts)];
    if (!host) return [row];
    // Running totals are of both parts together, and can be compared with neither.
    if (row.kind === 'usage.claimed' || row.kind === 'usage.shown') return [];
    return turnAt(host, row.at) ? [] : [row];
  });
  return rows.length > 0 ? [{ ...append, rows }] : [];
}

/** What is left of the conversation goes on from what was hosted. */
function named(row: Described, { sessionId }: Host): Described {
  return { ...row, data: { ...row.data, forkedFrom: sessionId } };
}

/** A sub-agent that was started in a hosted turn belongs to the host. */
function underHost(row: Described, hosts: ReadonlyMap<string, Host>): Described {
  const host = row.data.parentId === undefined ? undefined : hosts.get(row.data.parentId);
  return host && turnAt(host, row.at) ? { ...row, data: { ...row.data, parentId: host.sessionId } } : row;
}

function turnAt({ turns }: Host, at: number): HostedTurn | undefined {
  return turns.findLast(({ from, until }) => from <= at && at <= (until ?? at) + afterTurnMs);
}

async function usageOf(
  store: Pick<Store, 'queries'>,
  appends: readonly SessionAppend[],
  hosts: ReadonlyMap<string, Host>,
): Promise<SessionAppend[]> {
  const usage: SessionAppend[] = [];
  for (const { sessionId: nativeId, agent, rows } of appends) {
    const host = hosts.get(nativeId);
    const told = host ? rows.filter((row) => row.kind === 'usage.recorded') : [];
    const placed = host ? await Promise.all(told.map((row) => placedIn(store, host, row))) : [];
    const own = placed.flatMap((row) => row ?? []);
    if (host && own.length > 0)
      usage.push({ sessionId: host.sessionId, agent, origin: 'live', mappingVersion: 0, rows: own });
  }
  return usage;
}

/** In its turn, and in the step that was being told then; `null` where it is of no hosted turn. */
async function placedIn({ queries }: Pick<Store, 'queries'>, host: Host, row: UsageRow): Promise<UsageRow | null> {
  const turn = turnAt(host, row.at);
  if (!turn) return null;
  const { step: _step, ...rest } = row;
  const steps = (await stepsOf(queries, host.num, turn.turnId)).toSorted((one, other) => one.step - other.step);
  const { step } = steps.findLast(({ at }) => at <= row.at) ?? steps[0] ?? {};
  return { ...rest, turnId: turn.turnId, ...(step === undefined ? {} : { step }) };
}
