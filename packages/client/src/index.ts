/** What a client of the server needs: typed REST, and a socket that keeps itself alive. No React, no DOM of its own. */
export * from './rest/problem.js';
export * from './rest/query-string.js';
export * from './rest/rest.js';
export * from './socket/backoff.js';
export * from './socket/shell.js';
export * from './socket/state.js';
