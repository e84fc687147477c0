/** A model server for tests: the wire of four providers, answers from a script, and the truth of what was served. */
export type { Reply } from './reply.js';
export { type ModelServer, startModelServer } from './server.js';
