/** A key to add or to change. A secret goes to the server once and does not come back. */
import type { KeyProvider, KeySetting, PutKey, Settings } from '@taffrail/wire';
import { useState } from 'react';
import { rest } from '../../app/api.js';
import { Segmented } from '../../parts/segmented.js';
import { freeName, providers } from './key-words.js';
import { LabelledGroup, LabelledInput } from './labelled.js';
import { SettingForm } from './setting-form.js';
import { useSettingsOrder } from './settings-query.js';

type Provider = Exclude<KeyProvider, 'demo'>;
type From = 'secret' | 'env' | 'none';

interface Draft {
  id: string;
  provider: Provider;
  from: From;
  secret: string;
  env: string;
  baseUrl: string;
}

type FormProps = {
  settings: Settings;
  /** The key that is changed; without one, a key is added. */
  known?: KeySetting;
  onDone: (id: string) => void;
  onCancel: () => void;
};

export function KeyForm({ settings, known, onDone, onCancel }: FormProps) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(settings, known));
  // What is changed is what was seen when the form was opened.
  const [seen] = useState(known?.revision);
  const order = useSettingsOrder((key: PutKey) =>
    known
      ? rest.putKey(known.id, { ...key, ...(seen === undefined ? {} : { revision: seen }) })
      : rest.addKey({ id: draft.id.trim(), ...key }),
  );
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const save = () => {
    order.send(keyOf(draft), () => onDone(known?.id ?? draft.id.trim()));
  };
  return (
    <SettingForm
      label={known ? `Change ${known.id}` : 'Add a key'}
      save={known ? 'Save and test' : 'Add and test'}
      isPending={order.isPending}
      problem={order.problem && inWords(order.problem)}
      onSave={save}
      onCancel={onCancel}
    >
      <ProviderPick draft={draft} settings={settings} isNew={!known} onChange={change} />
      <div className="lab-pair">
        <LabelledInput
          label="Name"
          value={draft.id}
          readOnly={known !== undefined}
          required
          maxLength={60}
          hint="Models are called NAME/MODEL."
          onChange={(id) => change({ id })}
        />
        <LabelledInput
          label={draft.provider === 'openai-compatible' ? 'Address' : 'Address, where it is not the usual one'}
          value={draft.baseUrl}
          type="url"
          required={draft.provider === 'openai-compatible'}
          placeholder={usualOf(draft.provider) || 'http://127.0.0.1:8000/v1'}
          onChange={(baseUrl) => change({ baseUrl })}
        />
      </div>
      <SecretFields draft={draft} known={known} environment={settings.environment} onChange={change} />
    </SettingForm>
  );
}

type PartProps = { draft: Draft; onChange: (part: Partial<Draft>) => void };

function ProviderPick({ draft, settings, isNew, onChange }: PartProps & { settings: Settings; isNew: boolean }) {
  const taken = settings.keys.map(({ id }) => id);
  const pick = (provider: Provider) => {
    // A name that was only proposed follows the provider; one that somebody typed stays.
    const isProposed = draft.id === '' || draft.id === nameFor(draft.provider, taken);
    const from = provider !== 'openai-compatible' && draft.from === 'none' ? 'secret' : draft.from;
    onChange({ provider, from, ...(isNew && isProposed ? { id: nameFor(provider, taken) } : {}) });
  };
  return (
    <LabelledGroup label="Provider">
      <Segmented label="Provider" value={draft.provider} options={providers} onChange={pick} />
    </LabelledGroup>
  );
}

type SecretProps = PartProps & { known: KeySetting | undefined; environment: readonly string[] };

function SecretFields({ draft, known, environment, onChange }: SecretProps) {
  const isCompatible = draft.provider === 'openai-compatible';
  const isKept = known?.source.kind === 'stored';
  const options = [
    { value: 'secret', label: 'Entered here' },
    { value: 'env', label: 'From the environment' },
    ...(isCompatible ? [{ value: 'none', label: 'None' } as const] : []),
  ] as const;
  return (
    <div className="lab-pair">
      <LabelledGroup label="Secret">
        <Segmented label="Secret" value={draft.from} options={options} onChange={(from) => onChange({ from })} />
      </LabelledGroup>
      {draft.from === 'secret' ? (
        <LabelledInput
          label="The secret itself"
          type="password"
          autoComplete="new-password"
          value={draft.secret}
          required={!isKept}
          placeholder={isKept ? 'stored; left empty, it stays' : hintOf(draft.provider)}
          hint="Kept on the server, readable by you alone, and never shown again."
          onChange={(secret) => onChange({ secret })}
        />
      ) : null}
      {draft.from === 'env' ? (
        <LabelledInput
          label="Variable"
          value={draft.env}
          required
          known={environment}
          placeholder="ANTHROPIC_API_KEY"
          hint="Only its name is kept. It is read from the environment that the server was started in."
          onChange={(env) => onChange({ env })}
        />
      ) : null}
    </div>
  );
}

const usualOf = (provider: Provider): string => providers.find(({ value }) => value === provider)?.usual ?? '';
const hintOf = (provider: Provider): string => providers.find(({ value }) => value === provider)?.hint ?? '';

const fieldNames: Record<string, string> = { id: 'Name', baseUrl: 'Address', secret: 'Secret', env: 'Variable' };

/** The server names fields as the API does, the form as people do. */
function inWords(problem: string): string {
  return problem.replace(/^(\w+):/, (whole, field: string) => (field in fieldNames ? `${fieldNames[field]}:` : whole));
}

function nameFor(provider: Provider, taken: readonly string[]): string {
  return freeName(provider === 'openai-compatible' ? 'local' : provider, taken);
}

function draftOf({ keys }: Settings, known: KeySetting | undefined): Draft {
  const bare = { secret: '', env: '', baseUrl: known?.baseUrl ?? '' };
  if (!known) {
    const id = nameFor(
      'anthropic',
      keys.map((key) => key.id),
    );
    return { ...bare, id, provider: 'anthropic', from: 'secret' };
  }
  const provider = known.provider === 'demo' ? 'anthropic' : known.provider;
  if (known.source.kind === 'environment')
    return { ...bare, id: known.id, provider, from: 'env', env: known.source.name };
  const isWithout = known.source.kind === 'none' && provider === 'openai-compatible';
  return { ...bare, id: known.id, provider, from: isWithout ? 'none' : 'secret' };
}

function keyOf({ provider, from, secret, env, baseUrl }: Draft): PutKey {
  return {
    provider,
    baseUrl: baseUrl.trim() === '' ? null : baseUrl.trim(),
    env: from === 'env' ? env.trim() : null,
    ...(from === 'secret' && secret.trim() !== '' ? { secret: secret.trim() } : {}),
    ...(from === 'none' ? { secret: null } : {}),
  };
}
