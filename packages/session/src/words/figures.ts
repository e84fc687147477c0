/** Figures as people read them in terminals and files. Unknown is "—", a sum of which parts are missing is "≥". */
import type { TokenField, Usage } from '@taffrail/wire';

export const unknown = '—';

/** `1,904`: every digit. Written out because loading the platform's number formats takes longer than a whole report. */
export function exactNumber(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

const steps = [
  { from: 999_500_000, unit: 1e9, letter: 'B' },
  { from: 999_500, unit: 1e6, letter: 'M' },
  { from: 1000, unit: 1e3, letter: 'k' },
];

/** `734`, `10.1k`, `734k`, `9.2M`, `1.12B`: three digits at most. For whole numbers from 0. */
export function shortNumber(value: number): string {
  const step = steps.find((one) => value >= one.from);
  if (!step) return String(value);
  const scaled = value / step.unit;
  // 99.95 would print as 100.0: from there on no decimals.
  const decimals = scaled >= 99.95 ? 0 : step.letter === 'B' && scaled < 9.995 ? 2 : 1;
  return `${scaled.toFixed(decimals)}${step.letter}`;
}

/** Integer microdollars as dollars: cents from 10 cents on, and as many decimals below as it takes to show a figure. */
export function money(micros: number): string {
  const dollars = micros / 1e6;
  if (micros !== 0 && dollars < 0.001) return '<$0.001';
  const [whole = '0', cents] = dollars.toFixed(micros === 0 || dollars >= 0.0995 ? 2 : 3).split('.');
  return `$${exactNumber(Number(whole))}.${cents}`;
}

/** Every digit that was computed: `$0.167254`. */
export function exactMoney(micros: number): string {
  const [whole = '0', decimals = ''] = (micros / 1e6).toFixed(6).split('.');
  return `$${exactNumber(Number(whole))}.${decimals.replace(/0{1,4}$/, '')}`;
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `412 MB`, `3.9 GB`: decimal units. */
export function bytesText(value: number): string {
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < byteUnits.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${unit === 0 || scaled >= 9.95 ? Math.round(scaled) : scaled.toFixed(1)} ${byteUnits[unit]}`;
}

/** How long something took: `24 ms`, `4.1 s`, `1m 20s`, `1h 12m`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, '0')}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}

/** `1 session`, `14 sessions`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${exactNumber(value)} ${value === 1 ? one : many}`;
}

export type Digits = 'short' | 'exact';

/** Beside those counted: requests that told no usage at all, where somebody has looked for them. */
interface Untold {
  untoldRequests?: number;
}

type Counts = Pick<Usage, TokenField | 'requests' | 'reported'> & Untold;

const allOf = ({ requests, untoldRequests = 0 }: Pick<Usage, 'requests'> & Untold): number => requests + untoldRequests;

/** A token figure of a sum; `≥` where some of its requests did not report it. */
export function tokenFigure(usage: Counts | null, field: TokenField, digits: Digits): string {
  const value = usage?.[field] ?? null;
  if (!usage || value === null) return unknown;
  return `${usage.reported[field] < allOf(usage) ? '≥' : ''}${digits === 'exact' ? exactNumber(value) : shortNumber(value)}`;
}

/** The cost of a sum; `≥` where some of its requests have no known price. */
export function costFigure(
  usage: (Pick<Usage, 'costMicros' | 'pricedRequests' | 'requests'> & Untold) | null,
  digits: Digits,
): string {
  if (!usage || usage.costMicros === null) return unknown;
  const text = digits === 'exact' ? exactMoney(usage.costMicros) : money(usage.costMicros);
  return `${usage.pricedRequests < allOf(usage) ? '≥' : ''}${text}`;
}

/** The figures people reason with, by the word for each. */
export const fieldWords: Record<TokenField, string> = {
  inputTokens: 'input',
  outputTokens: 'output',
  cacheReadTokens: 'cache reads',
  cacheWriteTokens: 'cache writes',
  cacheWrite1hTokens: 'one-hour cache writes',
  reasoningTokens: 'reasoning',
};

/**
 * What a sum was not counted from: `output from 45 of 52 requests`, `3 requests unpriced`, `2 requests told no usage`. Figures that nobody reported
 * are "—" already; figures that every request reported need no words.
 */
export function coverageSentences(usage: (Usage & Untold) | null, fields: readonly TokenField[]): string[] {
  if (!usage) return [];
  const partial = fields.filter((field) => usage.reported[field] > 0 && usage.reported[field] < usage.requests);
  const sentences = partial.map(
    (field) =>
      `${fieldWords[field]} from ${exactNumber(usage.reported[field])} of ${counted(usage.requests, 'request')}`,
  );
  const unpriced = usage.requests - usage.pricedRequests;
  if (unpriced > 0) sentences.push(`${counted(unpriced, 'request')} unpriced`);
  if (usage.untoldRequests) sentences.push(untoldSentence(usage.untoldRequests));
  return sentences;
}

/** `2 requests told no usage`. */
export function untoldSentence(count: number): string {
  return `${counted(count, 'request')} told no usage`;
}
