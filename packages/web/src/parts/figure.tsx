/** Figures: short on the page, exact on hover; unknown is a dash that says why. */
import { exactMoney, exactNumber, money, percent, shortNumber } from './format-number.js';

/** "—" with its reason. */
export function Unknown({ why }: { why: string }) {
  return (
    <span className="unknown" title={why} role="img" aria-label={`unknown: ${why}`}>
      —
    </span>
  );
}

type FigureProps = {
  /** Why it is unknown, said where there is no figure. */
  why: string;
  /** What the figure was counted from where that is not everything: "from 10 of 11 requests". */
  note?: string | undefined;
};

const titleOf = (exact: string, note: string | undefined) => (note ? `${exact}, ${note}` : exact);
const classOf = (note: string | undefined) => (note ? 'partial' : undefined);

/** A count of tokens, or of another `unit`. */
export function Tokens({ value, why, note, unit = 'tokens' }: FigureProps & { value: number | null; unit?: string }) {
  if (value === null) return <Unknown why={why} />;
  return (
    <span className={classOf(note)} title={titleOf(`${exactNumber(value)} ${unit}`, note)}>
      {shortNumber(value)}
    </span>
  );
}

/** Microdollars. */
export function Cost({ micros, why, note }: FigureProps & { micros: number | null }) {
  if (micros === null) return <Unknown why={why} />;
  return (
    <span className={classOf(note)} title={titleOf(exactMoney(micros), note)}>
      {money(micros)}
    </span>
  );
}

/** A share of 1. */
export function Share({ value, why, note }: FigureProps & { value: number | null }) {
  if (value === null) return <Unknown why={why} />;
  return (
    <span className={classOf(note)} title={note}>
      {percent(value)}
    </span>
  );
}
