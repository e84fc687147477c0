/** Who answers from the next turn on: model and effort. */
import { efforts, type ModelChoice, type SessionDescription, type SessionSummary } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { useNow } from '../../app/clock.js';
import { useOrder } from '../../app/orders.js';
import { choicesQuery } from '../../app/queries.js';
import { useServes } from '../../app/serves.js';
import { shortModel } from '../../parts/format-path.js';
import { clock } from '../../parts/format-time.js';
import { ChoiceMenu, type MenuOption } from '../../parts/menu.js';

type PickersProps = { session: SessionSummary; description: SessionDescription };

const noModels: readonly ModelChoice[] = [];

export function ComposerPickers({ session, description }: PickersProps) {
  return description.hosted ? (
    <HostedModel session={session} description={description} />
  ) : (
    <OwnPickers session={session} description={description} />
  );
}

/** An agent with a program of its own says itself what it can be. */
function HostedModel({ session, description }: PickersProps) {
  const patch = useOrder('patch');
  const models = description.hosted?.models ?? [];
  const model = description.model ?? '';
  if (models.length === 0) return null;
  const current = models.find(({ id }) => id === model);
  return (
    <ChoiceMenu
      label="Model"
      options={models.map(({ id, name }) => ({ value: id, label: name }))}
      selected={[model]}
      onSelect={(value) => patch.send({ sessionId: session.id, model: value })}
    >
      <span className="trunc" title={model}>
        {current?.name ?? (model === '' ? 'Model' : model)}
      </span>
    </ChoiceMenu>
  );
}

function OwnPickers({ session, description }: PickersProps) {
  const models = useQuery({ ...choicesQuery, enabled: useServes('live') }).data?.models ?? noModels;
  const patch = useOrder('patch');
  const model = description.model ?? session.model ?? '';
  const known = models.find((one) => one.id === model || one.model === model);
  return (
    <>
      <ChoiceMenu
        label="Model"
        options={useModelOptions(models)}
        selected={[known?.id ?? model]}
        onSelect={(value) => patch.send({ sessionId: session.id, model: value })}
      >
        <span className="trunc" title={model}>
          {model === '' ? 'Model' : shortModel(known?.id ?? model)}
        </span>
      </ChoiceMenu>
      <ChoiceMenu
        label="Effort"
        options={effortOptions}
        selected={[description.effort ?? '']}
        onSelect={(value) => patch.send({ sessionId: session.id, effort: effortNamed(value) })}
      >
        {description.effort ? `Effort ${description.effort}` : 'Effort'}
      </ChoiceMenu>
    </>
  );
}

export const effortOptions: readonly MenuOption[] = efforts.map((effort) => ({ value: effort, label: effort }));

export function effortNamed(value: string): (typeof efforts)[number] | undefined {
  return efforts.find((effort) => effort === value);
}

/** Models as choices; one whose key is exhausted says until when. */
export function useModelOptions(models: readonly ModelChoice[]): MenuOption[] {
  const now = useNow(30_000).toISOString();
  return models.map(({ id, provider, exhaustedUntil }) => ({
    value: id,
    label: shortModel(id),
    note: exhaustedUntil !== null && exhaustedUntil > now ? `exhausted until ${clock(exhaustedUntil)}` : provider,
  }));
}
