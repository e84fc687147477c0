/** What the command line asks of an archive, as the store answers it. */
export {
  Calendar,
  type Filter,
  findSession,
  itemPages,
  listSessions,
  plusDays,
  type ReportLines,
  readRows,
  type SessionQuestion,
  type Store,
  type StoreReader,
  search,
  sessionTotals,
  sessionUsage,
  Traces,
  usageReport,
} from '@taffrail/store';
