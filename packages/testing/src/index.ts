/** What tests share: dev only. */
export * from './collect.js';
export * from './naive-ledger.js';
