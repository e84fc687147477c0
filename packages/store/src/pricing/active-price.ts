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
export function activePrice(prices: ModelInfo['prices'], at: number): ModelPrice | undefined {
  if (!Array.isArray(prices)) return prices;
  return (prices.findLast((price) => holds(price, at)) ?? prices[0])?.prices;
}

function holds({ constraint }: ConditionalPrice, at: number): boolean {
  if (constraint === undefined) return true;
  return constraint.type === 'start_date' ? startsBefore(constraint, at) : isWithin(constraint, at);
}

function startsBefore({ start_date }: StartDateConstraint, at: number): boolean {
  return at >= Date.parse(start_date);
}

/** Some prices hold only at certain hours; the span may run over midnight. */
function isWithin({ start_time, end_time }: TimeOfDateConstraint, at: number): boolean {
  const [now, from, until] = [at % dayMs, millisecondsOf(start_time), millisecondsOf(end_time)];
  return until < from ? now >= from || now < until : now >= from && now < until;
}

/** `16:30:00Z` or with an offset, as milliseconds after midnight UTC. */
function millisecondsOf(time: string): number {
  return Date.parse(`1970-01-02T${time}`) % dayMs;
}
