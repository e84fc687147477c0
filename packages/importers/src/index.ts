/** Readers of other agents' logs: a folder per agent, one contract. */
export * from './contract.js';
export { isObject, type JsonObject } from './json.js';
export { parseLine } from './reading/parse-line.js';
export { readLine } from './reading/read-lines.js';
export { type LinePosition, LineSplitter, type RawLine } from './reading/split-lines.js';
export { importers } from './registry.js';
