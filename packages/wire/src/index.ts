/** The words everyone shares: ids, rows, items, usage, frames, REST shapes. */
export * from './agents.js';
export * from './down.js';
export * from './ids.js';
export * from './item.js';
export * from './rest/analytics.js';
export * from './rest/import.js';
export * from './rest/items.js';
export * from './rest/meta.js';
export * from './rest/search.js';
export * from './rest/session.js';
export * from './row.js';
export * from './up.js';
export * from './usage.js';
