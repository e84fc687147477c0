/** The log and its projections: one door in (`commit`), questions out. */
export { gather } from './analytics/breakdown.js';
export { Calendar, plusDays } from './analytics/calendar.js';
export type { Filter } from './analytics/filter.js';
export * from './analytics/panels.js';
export { type ReportLines, usageReport } from './analytics/usage-report.js';
export * from './commit.js';
export { type PriceTable, priceTable } from './pricing/prices.js';
export { sessionFacets, sessionTotals } from './reading/facets.js';
export { itemPages } from './reading/item-pages.js';
export { identitiesIn, itemPage, readRows, timeline } from './reading/rows.js';
export { search } from './reading/search.js';
export { sessionUsage } from './reading/session-usage.js';
export { findSession, listSessions, type SessionQuestion } from './reading/sessions.js';
export { openForeignDatabase } from './sqlite/foreign.js';
export { readSqlite } from './sqlite/reader.js';
export { openSqlite } from './sqlite/store.js';
export * from './store.js';
