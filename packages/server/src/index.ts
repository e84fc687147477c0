/** The server and what the command line shares with it. */
export { type Archive, openArchive } from './archive.js';
export { dataDirectory } from './data-directory.js';
export { type DataHome, dataHome } from './data-home.js';
export { csv } from './http/csv.js';
export { type Discovery, discover, type FoundRoot, rootsOf } from './import/discover.js';
export { Follower, type FollowOptions } from './import/follow.js';
export { type HandInOutcome, importFile } from './import/hand-in.js';
export { type ImportOptions, type ImportProgress, runImport, storedProblems } from './import/run-import.js';
export * from './questions.js';
export { type ServeOptions, serve } from './serve.js';
export { UsageError } from './usage-error.js';
export { version } from './version.js';
