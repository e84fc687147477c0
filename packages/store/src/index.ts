/** The log and its projections: one door in (`commit`), questions out. */
export { breakdown, gather } from './analytics/breakdown.js';
export { Calendar, type Period, plusDays } from './analytics/calendar.js';
export type { Filter } from './analytics/filter.js';
export * from './analytics/panels.js';
export { type ReportLines, usageReport } from './analytics/usage-report.js';
export * from './commit.js';
export { type PriceTable, priceTable, type UserPrice } from './pricing/prices.js';
export { sessionFacets, sessionTotals } from './reading/facets.js';
export { itemPage, readRows, timeline } from './reading/rows.js';
export { search } from './reading/search.js';
export { sessionUsage } from './reading/session-usage.js';
export { findSession, listSessions, type SessionQuestion } from './reading/sessions.js';
export { type ForeignQuery, readForeignDatabase } from './sqlite/foreign.js';
export { NewerDataError } from './sqlite/migrate.js';
export { readSqlite } from './sqlite/reader.js';
export { openSqlite, type SqliteOptions } from './sqlite/store.js';
export * from './store.js';
export type { Tables } from './tables.js';
