/**
 * Which of a model's prices holds at a time. The price package answers this too, but looks the model up anew for each
 * question, which a report over thousands of quarter hours cannot wait for; a test holds the two to one answer.
 */
import type {
  ConditionalPrice,
  ModelInfo,
  ModelPrice,
  StartDateConstraint,
  TimeOfDateConstraint,
} from '@pydantic/genai-prices';

const dayMs = 86_400_000;

/** The last price in the list whose condition is met; the first where none is. `at`: milliseconds since 1970. */
export function priceChooser(prices: ModelInfo['prices']): (at: number) => ModelPrice | undefined {
  if (!Array.isArray(prices)) return () => prices;
  const conditions = prices.map((price) => ({ holds: conditionOf(price), price: price.prices }));
  return (at) => (conditions.findLast(({ holds }) => holds(at)) ?? conditions[0])?.price;
}

function conditionOf({ constraint }: ConditionalPrice): (at: number) => boolean {
  if (constraint === undefined) return () => true;
  return constraint.type === 'start_date' ? from(constraint) : within(constraint);
}

function from({ start_date }: StartDateConstraint): (at: number) => boolean {
  const start = Date.parse(start_date);
  return (at) => at >= start;
}

/** Some prices hold only at certain hours; the span may run over midnight. */
function within({ start_time, end_time }: TimeOfDateConstraint): (at: number) => boolean {
  const [start, end] = [millisecondsOf(start_time), millisecondsOf(end_time)];
  if (end < start) return (at) => at % dayMs >= start || at % dayMs < end;
  return (at) => at % dayMs >= start && at % dayMs < end;
}

/** `16:30:00Z` or with an offset, as milliseconds after midnight UTC. */
function millisecondsOf(time: string): number {
  return Date.parse(`1970-01-02T${time}`) % dayMs;
}
