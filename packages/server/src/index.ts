/** The server and what the command line shares with it. */
export { listenAt, runAppServer } from './app-server/run-app-server.js';
export { type Archive, openArchive } from './archive.js';
export { dataDirectory } from './data-directory.js';
export { type DataHome, dataHome } from './data-home.js';
export { csv } from './http/csv.js';
export { discover, rootsOf } from './import/discover.js';
export { Follower } from './import/follow.js';
export { importFile } from './import/hand-in.js';
export { type ImportProgress, runImport, storedProblems } from './import/run-import.js';
export * from './questions.js';
export { runOnce } from './run-once.js';
export { OrderError } from './runner/order-error.js';
export { type RunningServer, serverOrClaim } from './running/claim.js';
export { serve } from './serve.js';
export { type Log, Subscription } from './stream/subscription.js';
export { openUsageArchive, type UsageArchive } from './usage-archive.js';
export { UsageError } from './usage-error.js';
export { version } from './version.js';
