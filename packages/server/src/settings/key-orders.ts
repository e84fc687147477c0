/** Orders about keys: what goes into config.toml, and what into secrets.json only. */
import type { createKeySchema, putKeySchema } from '@taffrail/wire';
import { parse } from 'smol-toml';
import type { z } from 'zod';
import { OrderError } from '../runner/order-error.js';
import type { KnownKey } from '../runner/settings.js';
import type { LiveSettings } from './live-settings.js';
import { keyRevision, mustBe } from './revision.js';
import { withElement, withFields, withoutElement } from './toml-edit.js';

type KeyOrder = z.output<typeof putKeySchema>;

/** @throws OrderError where it cannot be. */
export function addKey(live: LiveSettings, { id, ...key }: z.output<typeof createKeySchema>): void {
  live.takeUp();
  if (live.current.keys.get(id)?.origin === 'config')
    throw new OrderError('refused', `There is a key ${id} already. Take another name, or change that one.`);
  if (id === 'demo') throw new OrderError('refused', 'demo is the name of the demo model’s key.');
  needsAddress(key);
  // What an earlier key of this name left behind is not its secret.
  withSecret(live, id, key.secret ?? null, () =>
    live.edit((text) => withElement(text, 'keys', { id, ...fieldsOf(key) })),
  );
}

export function changeKey(live: LiveSettings, id: string, key: KeyOrder): void {
  live.takeUp();
  const known = configured(live, id);
  mustBe(keyRevision(known), key.revision);
  needsAddress(key);
  const stays = key.env === null && key.secret === undefined;
  const stored = live.secrets.all().get(id) ?? null;
  const isElsewhere = known.provider !== key.provider || known.baseUrl !== key.baseUrl;
  if (stays && stored !== null && isElsewhere)
    throw new OrderError('refused', 'Enter the secret again: it was given for another provider or address.');
  const given = key.secret === undefined ? stored : key.secret;
  const secret = key.env === null ? given : null;
  withSecret(live, id, secret, () =>
    live.edit((text) =>
      withFields(
        text,
        { array: 'keys', index: indexOf(text, 'keys', 'id', id) },
        { base_url: undefined, env: undefined, ...fieldsOf(key) },
      ),
    ),
  );
}

export function removeKey(live: LiveSettings, id: string, revision: string | undefined): void {
  live.takeUp();
  mustBe(keyRevision(configured(live, id)), revision);
  const users = live.current.agents.filter(
    ({ models, isConfigured }) => isConfigured && models.some(({ keyId }) => keyId === id),
  );
  // The agent that there is where none is configured takes what there is, so it does not mind.
  if (users.length > 0)
    throw new OrderError(
      'busy',
      `Agent ${users.map(({ name }) => name).join(', ')} uses ${id}. Take its models out there first.`,
    );
  live.edit((text) => withoutElement(text, 'keys', indexOf(text, 'keys', 'id', id)));
  live.secrets.set(id, null);
}

/** Where in the text the element stands that is in force: the last one of its name. */
export function indexOf(text: string, array: string, field: string, value: string): number {
  const elements = (parse(text)[array] ?? []) as Record<string, unknown>[];
  const index = elements.findLastIndex((element) => element[field] === value);
  if (index === -1) throw new OrderError('unknown', `config.toml has no ${value} under ${array}.`);
  return index;
}

/** The secret is there before the key is, so that nobody asks without; where the key cannot be, it is as it was. */
function withSecret(live: LiveSettings, id: string, secret: string | null, write: () => void): void {
  const before = live.secrets.all().get(id) ?? null;
  live.secrets.set(id, secret);
  try {
    write();
  } catch (error) {
    live.secrets.set(id, before);
    throw error;
  }
}

function configured(live: LiveSettings, id: string): KnownKey {
  const key = live.current.keys.get(id);
  if (!key) throw new OrderError('unknown', `There is no key ${id}.`);
  if (key.origin === 'config') return key;
  throw new OrderError('refused', `Key ${id} does not stand in config.toml: it is ${origins[key.origin]}.`);
}

const origins = {
  environment: 'taken from the environment',
  found: 'found on this machine',
  'built-in': 'always there',
};

function needsAddress({ provider, baseUrl }: KeyOrder): void {
  if (provider === 'openai-compatible' && baseUrl === null)
    throw new OrderError('refused', 'baseUrl: a compatible server has no usual address, so it needs one.');
}

function fieldsOf({ provider, baseUrl, env }: KeyOrder) {
  return { provider, ...(baseUrl === null ? {} : { base_url: baseUrl }), ...(env === null ? {} : { env }) };
}
