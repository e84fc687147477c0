/** The built-in agent: loop, models, tools, permissions. Every effect is an argument. */
export * from './contract.js';
export { fileTypeOf, imageTypeOf } from './files/media-type.js';
export { KeyRing } from './keys.js';
export { callModel } from './models/call-model.js';
export * from './models/contract.js';
export { listModels } from './models/list-models.js';
export { withoutSecrets } from './models/without-secrets.js';
export {
  alwaysPattern,
  decide,
  defaultRule,
  type Permissions,
  permissionsSchema,
  type Rule,
  withPattern,
} from './permissions/rules.js';
export { type AgentOrder, agentTool, agentToolName } from './tools/agent.js';
export { BoundedOutput } from './tools/bounded-output.js';
export { resolveInside } from './tools/confine.js';
export * from './tools/contract.js';
export { cutMiddle, sizeText } from './tools/cut-text.js';
export { type NamedSecret, safeEnvironment, secretsOf } from './tools/environment.js';
export { unifiedDiff } from './tools/file-diff.js';
export { findFiles } from './tools/find-files.js';
export { IgnoredFiles } from './tools/ignored-files.js';
export { builtinTools } from './tools/index.js';
export { OpenFolder } from './tools/open-inside.js';
export { ownerVariable, processRegistry, sweepOwned, sweepProcesses } from './tools/processes.js';
export { type RedactedStream, type Redactor, redactor } from './tools/redact.js';
export { endGroup } from './tools/run-process.js';
export { binaryKind } from './tools/text-file.js';
export { inputRow, runTurn } from './turn.js';
