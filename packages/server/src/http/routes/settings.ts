/** Settings: keys, agents, permissions and MCP servers, read and changed. No answer holds a secret. */
import { z } from '@hono/zod-openapi';
import {
  createAgentSchema,
  createKeySchema,
  keyTestSchema,
  mcpTestSchema,
  putAgentSchema,
  putBudgetsSchema,
  putKeySchema,
  removeSettingSchema,
  settingsSchema,
} from '@taffrail/wire';
import { bodyLimit } from 'hono/body-limit';
import { addAgent, changeAgent, removeAgent } from '../../settings/agent-orders.js';
import { changeBudgets } from '../../settings/budget-orders.js';
import { addKey, changeKey, removeKey } from '../../settings/key-orders.js';
import { testKey } from '../../settings/key-test.js';
import { testServer } from '../../settings/mcp-view.js';
import { settingsView } from '../../settings/view.js';
import { UsageError } from '../../usage-error.js';
import { type Api, get, order } from '../api.js';
import type { AppParts } from '../app.js';
import { obeying } from '../obeying.js';
import { HttpProblem, problemResponse } from '../problem.js';

const bodyBytesMax = 256 * 1024;
const nothing = z.object({});

export function settingsRoutes(api: Api, parts: AppParts): void {
  const onError = () => problemResponse(413, 'That is more than settings may hold.');
  api.use('/settings/*', bodyLimit({ maxSize: bodyBytesMax, onError }));
  const { live, runner } = parts;
  const view = () => settingsView(live, runner.keys, runner.mcp);
  get(api, '/settings', { summary: 'Keys, agents and permissions', answer: settingsSchema }, async () => {
    live.takeUp();
    return view();
  });
  order(
    api,
    { method: 'post', path: '/settings/look' },
    { summary: 'Looks again for a local Ollama, and at config.toml', body: nothing, answer: settingsSchema },
    () =>
      sound(async () => {
        live.takeUp();
        await live.lookForOllama();
        return view();
      }),
  );
  keyRoutes(api, parts, view);
  agentRoutes(api, parts, view);
  order(
    api,
    { method: 'put', path: '/settings/budgets' },
    { summary: 'Sets what may be spent', body: putBudgetsSchema, answer: settingsSchema },
    ({ body }) => then(view, () => changeBudgets(live, body)),
  );
  order(
    api,
    { method: 'post', path: '/settings/mcp/:name/test' },
    { summary: 'Connects to an MCP server once, in an empty folder', body: nothing, answer: mcpTestSchema },
    ({ params }) => sound(() => testServer(live, runner.mcp, params['name'] ?? '')),
  );
}

type View = () => z.infer<typeof settingsSchema>;

/** What was ordered, then how the settings stand. */
const then = (view: View, work: () => void): Promise<z.infer<typeof settingsSchema>> =>
  sound(async () => {
    work();
    return view();
  });

/** A file of the settings that somebody has broken is theirs to mend, so it is told. */
async function sound<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await obeying(work);
  } catch (error) {
    if (error instanceof UsageError) throw new HttpProblem(409, error.message);
    throw error;
  }
}

function keyRoutes(api: Api, { live }: AppParts, view: View): void {
  const answer = settingsSchema;
  order(
    api,
    { method: 'post', path: '/settings/keys' },
    { summary: 'Adds a key; its secret is never told again', body: createKeySchema, answer },
    ({ body }) => then(view, () => addKey(live, body)),
  );
  order(
    api,
    { method: 'put', path: '/settings/keys/:id' },
    { summary: 'Changes a key; without a new secret the stored one stays', body: putKeySchema, answer },
    ({ body, params }) => then(view, () => changeKey(live, params['id'] ?? '', body)),
  );
  order(
    api,
    { method: 'delete', path: '/settings/keys/:id' },
    { summary: 'Removes a key and its secret', body: removeSettingSchema, answer },
    ({ body, params }) => then(view, () => removeKey(live, params['id'] ?? '', body.revision)),
  );
  order(
    api,
    { method: 'post', path: '/settings/keys/:id/test' },
    { summary: 'Asks the key’s provider whether it answers', body: nothing, answer: keyTestSchema },
    ({ params }) => sound(() => testKey(live, params['id'] ?? '')),
  );
}

function agentRoutes(api: Api, { live }: AppParts, view: View): void {
  const answer = settingsSchema;
  order(
    api,
    { method: 'post', path: '/settings/agents' },
    { summary: 'Adds an agent', body: createAgentSchema, answer },
    ({ body }) => then(view, () => addAgent(live, body)),
  );
  order(
    api,
    { method: 'put', path: '/settings/agents/:name' },
    { summary: 'Changes an agent and its permissions', body: putAgentSchema, answer },
    ({ body, params }) => then(view, () => changeAgent(live, params['name'] ?? '', body)),
  );
  order(
    api,
    { method: 'delete', path: '/settings/agents/:name' },
    { summary: 'Removes an agent', body: removeSettingSchema, answer },
    ({ body, params }) => then(view, () => removeAgent(live, params['name'] ?? '', body.revision)),
  );
}
