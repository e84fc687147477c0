/** The lines of `usage session`: when, whose, what about, and the id to go on with. */
import type { UsageArchive } from '@taffrail/server';
import { plainLine } from '@taffrail/session';
import { agentLabel, type UsageReport } from '@taffrail/wire';
import { idShortener } from '../archive/session-ids.js';
import { shortTime } from '../format/when.js';
import type { Terminal } from '../terminal.js';
import type { KeyLines } from './usage-lines.js';

const titleColumnsMax = 60;

export async function sessionLines(
  archive: UsageArchive,
  { now, colours }: Terminal,
  report: UsageReport,
): Promise<KeyLines> {
  const rows = await archive.store.sessions();
  const known = new Map(rows.map((row) => [row.id, row]));
  const shorten = idShortener(rows.map((row) => row.id));
  return {
    columns: [
      { title: 'Last', align: 'left', spare: 3 },
      { title: 'Agent', align: 'left', spare: 5 },
      { title: 'Title', align: 'left', shrinks: { to: 16, cut: 'end' } },
      { title: 'Session', align: 'left', paint: colours.cyan },
    ],
    cells: report.rows.map(({ key, last }) => {
      const session = known.get(key);
      return [
        last ? shortTime(last.at, now()) : '',
        session ? agentLabel(session.agent) : '',
        plainLine(session?.title ?? session?.project ?? '').slice(0, titleColumnsMax),
        shorten(key, null),
      ];
    }),
  };
}
