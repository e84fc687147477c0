/** Orders about agents and what they may do; all of it stands in config.toml. */
import type { createAgentSchema, putAgentSchema } from '@taffrail/wire';
import type { z } from 'zod';
import { OrderError } from '../runner/order-error.js';
import { indexOf } from './key-orders.js';
import type { LiveSettings } from './live-settings.js';
import { agentRevision, mustBe } from './revision.js';
import { type TomlFields, withElement, withFields, withoutElement } from './toml-edit.js';
import { toolNames } from './tool-names.js';

type AgentOrder = z.output<typeof putAgentSchema>;

/** @throws OrderError where it cannot be. */
export function addAgent(live: LiveSettings, { name, ...agent }: z.output<typeof createAgentSchema>): void {
  live.takeUp();
  if (live.current.agents.some((one) => one.name === name && one.isConfigured))
    throw new OrderError('refused', `There is an agent ${name} already. Take another name, or change that one.`);
  write(live, name, agent);
}

/** Also writes down the agent that there is where none is configured. */
export function changeAgent(live: LiveSettings, name: string, agent: AgentOrder): void {
  live.takeUp();
  const known = live.current.agents.find((one) => one.name === name);
  if (!known) throw new OrderError('unknown', `There is no agent ${name}.`);
  mustBe(agentRevision(known), agent.revision);
  write(live, name, agent);
}

export function removeAgent(live: LiveSettings, name: string, revision: string | undefined): void {
  live.takeUp();
  const known = live.current.agents.find((one) => one.name === name && one.isConfigured);
  if (!known) throw new OrderError('unknown', `config.toml has no agent ${name}.`);
  mustBe(agentRevision(known), revision);
  live.edit((text) => withoutElement(text, 'agents', indexOf(text, 'agents', 'name', name)));
}

function write(live: LiveSettings, name: string, agent: AgentOrder): void {
  const unknown = agent.tools.find((tool) => !toolNames.includes(tool));
  const known = live.current.agents.find((one) => one.name === name);
  // A tool that this version does not know stays where a person has named it.
  if (unknown !== undefined && !known?.tools.includes(unknown))
    throw new OrderError('refused', `tools: there is no tool ${unknown}.`);
  const fields = fieldsOf(agent);
  live.edit((text) =>
    known?.isConfigured
      ? withFields(text, { array: 'agents', index: indexOf(text, 'agents', 'name', name) }, fields)
      : withElement(text, 'agents', { name, ...given(fields) }),
  );
}

function fieldsOf({ models, tools, check, effort, permissions }: AgentOrder) {
  const rules = Object.keys(permissions).length === 0 ? undefined : (permissions as TomlFields);
  return { models, tools, check: check ?? undefined, effort: effort ?? undefined, permissions: rules };
}

function given(fields: ReturnType<typeof fieldsOf>): TomlFields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
