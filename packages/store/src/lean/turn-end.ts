/** The end of a turn as it is stored: its figures by their place, and its beginning as the time since then. */
import type { Row, Throughput } from '@taffrail/wire';
import type { LeanPlace } from './place.js';

type TurnEnd = Extract<Row, { kind: 'turn.completed' }>['data'];

/** The places of the figures, which are for ever: one that comes later stands at the end. */
const figureNames = [
  'requests',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'reasoningTokens',
  'contextTokens',
  'contextWindow',
] as const satisfies readonly (keyof Throughput)[];

interface LeanThroughput {
  model: string | null;
  /** Milliseconds from the turn's beginning to the row. */
  ms: number;
  figures: (number | null)[];
}
type LeanTurnEnd = Omit<TurnEnd, 'throughput'> & { throughput?: Throughput | LeanThroughput };

export function leanTurnEnd({ throughput, ...said }: TurnEnd, { at }: LeanPlace): LeanTurnEnd {
  return throughput === undefined ? said : { ...said, throughput: leanThroughput(throughput, at) };
}

/** What the row said. Rows of before stand in full already. */
export function fullTurnEnd({ throughput, ...said }: LeanTurnEnd, { at }: LeanPlace): TurnEnd {
  return throughput === undefined ? said : { ...said, throughput: fullThroughput(throughput, at) };
}

function leanThroughput(told: Throughput, at: number): Throughput | LeanThroughput {
  const ms = at - Date.parse(told.startedAt);
  const isExact = timeBefore(at, ms) === told.startedAt;
  return isExact ? { model: told.model, ms, figures: figureNames.map((name) => told[name]) } : told;
}

function fullThroughput(stored: Throughput | LeanThroughput, at: number): Throughput {
  if (!('figures' in stored)) return stored;
  const { model, ms, figures } = stored;
  const named = Object.fromEntries(figureNames.map((name, place) => [name, figures[place] ?? null]));
  return { model, startedAt: timeBefore(at, ms), ...named } as Throughput;
}

const timeBefore = (at: number, ms: number): string => new Date(at - ms).toISOString();
