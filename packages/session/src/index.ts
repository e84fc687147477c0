/** The fold and every pure rule: state from rows, totals with coverage, what differs from an agent's own count. */
export * from './claims.js';
export * from './fold.js';
export * from './request.js';
export * from './totals.js';
