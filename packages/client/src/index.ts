/**
 * What a client of the server needs: typed REST, a socket that keeps itself alive, and sessions that are followed over it.
 * No React, no DOM of its own.
 */
export * from './rest/problem.js';
export * from './rest/query-string.js';
export * from './rest/rest.js';
export * from './session/contract.js';
export { stepFollow } from './session/follow.js';
export * from './session/follow-state.js';
export * from './session/live-client.js';
export { viewOf } from './session/view.js';
export * from './socket/backoff.js';
export * from './socket/shell.js';
export * from './socket/state.js';
