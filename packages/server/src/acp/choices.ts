/** What can be chosen of a hosted agent: its model, and how hard that thinks. */
import type { Redactor } from '@taffrail/agent';
import type { SessionDescription } from '@taffrail/wire';
import type { AgentConnection, Opened } from './agent-connection.js';

type Options = Opened['configOptions'];
type Select = Extract<Options[number], { type: 'select' }>;

// Some agents know every model of every provider.
const modelsMax = 100;

const valuesOf = ({ options }: Select) => options.flatMap((one) => ('options' in one ? one.options : [one]));

function selectOf(options: Options, category: string): Select | null {
  return options.find((one): one is Select => one.type === 'select' && one.category === category) ?? null;
}

/** The model that the agent uses, and those it offers, for the log; nothing where it does not tell. */
export function modelsOf(
  options: Options,
  { text }: Redactor,
): { model?: string; models?: { id: string; name: string }[] } {
  const select = selectOf(options, 'model');
  if (!select) return {};
  const models = valuesOf(select).map(({ value, name }) => ({ id: text(value), name: text(name) }));
  const current = models.filter(({ id }) => id === text(select.currentValue));
  return {
    model: text(select.currentValue),
    models: [...new Map([...current, ...models.slice(0, modelsMax)].map((one) => [one.id, one])).values()],
  };
}

/** Lets the agent have what was chosen for the session, where it offers that. */
export async function applyChoices(
  connection: AgentConnection,
  native: Opened,
  { model, effort }: Pick<SessionDescription, 'model' | 'effort'>,
): Promise<Options> {
  let options = native.configOptions;
  for (const [category, wanted] of [['model', model] as const, ['thought_level', effort] as const]) {
    const select = selectOf(options, category);
    const isOffered = select !== null && valuesOf(select).some(({ value }) => value === wanted);
    if (wanted === undefined || !isOffered || select.currentValue === wanted) continue;
    options = (await connection.choose(native.sessionId, select.id, wanted)).configOptions;
  }
  return options;
}
