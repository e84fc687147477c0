/** What tests share: dev only. */

export * from './acp-agent/command.js';
export * from './arbitrary-usage.js';
export * from './claude-log.js';
export * from './collect.js';
export * from './mcp-server/index.js';
export * from './model-server/index.js';
export * from './naive-ledger.js';
export * from './seed.js';
