/** What tests share: dev only. */
export * from './collect.js';
