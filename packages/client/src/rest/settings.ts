/** Settings: how they stand, and orders that change them. Each change is answered with the settings after it. */
import {
  type CreateAgent,
  type CreateKey,
  keyTestSchema,
  mcpTestSchema,
  type PutAgent,
  type PutBudgets,
  type PutKey,
  settingsSchema,
} from '@taffrail/wire';
import { type RestOptions, request } from './request.js';

/** `revision`: of the settings that whoever orders has seen. */
type Seen = { revision?: string };

const needs = 'settings';

export function createSettings(options: RestOptions) {
  const order = (method: 'POST' | 'PUT' | 'DELETE', path: string, body: object = {}) =>
    request(options, { method, path: `/settings${path}`, schema: settingsSchema, body, needs });
  const named = (name: string) => encodeURIComponent(name);
  return {
    settings: (signal?: AbortSignal) => request(options, { path: '/settings', schema: settingsSchema, signal, needs }),
    /** Looks for a local Ollama, and at config.toml. */
    lookForModels: () => order('POST', '/look'),
    addKey: (key: CreateKey) => order('POST', '/keys', key),
    putKey: (id: string, key: PutKey) => order('PUT', `/keys/${named(id)}`, key),
    removeKey: (id: string, seen: Seen) => order('DELETE', `/keys/${named(id)}`, seen),
    /** Asks the key's provider; the answer comes within 15 s. */
    testKey: (id: string) =>
      request(options, {
        method: 'POST',
        path: `/settings/keys/${named(id)}/test`,
        schema: keyTestSchema,
        body: {},
        needs,
      }),
    /** Connects to it once; the answer comes within a minute. */
    testMcpServer: (name: string) =>
      request(options, {
        method: 'POST',
        path: `/settings/mcp/${named(name)}/test`,
        schema: mcpTestSchema,
        body: {},
        needs: 'mcp',
      }),
    addAgent: (agent: CreateAgent) => order('POST', '/agents', agent),
    putAgent: (name: string, agent: PutAgent) => order('PUT', `/agents/${named(name)}`, agent),
    /** All budgets as they shall be. */
    putBudgets: (budgets: PutBudgets) =>
      request(options, {
        method: 'PUT',
        path: '/settings/budgets',
        schema: settingsSchema,
        body: budgets,
        needs: 'settings.budgets',
      }),
    removeAgent: (name: string, seen: Seen) => order('DELETE', `/agents/${named(name)}`, seen),
  };
}
