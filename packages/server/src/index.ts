/** The server and what the command line shares with it. */
export { type ImportOptions, type ImportProgress, runImport } from './import/run-import.js';
