/** The server and what the command line shares with it. */
export { type DataHome, dataHome } from './data-home.js';
export { type Discovery, discover, type FoundRoot, rootsOf } from './import/discover.js';
export { type ImportOptions, type ImportProgress, runImport } from './import/run-import.js';
export { UsageError } from './usage-error.js';
