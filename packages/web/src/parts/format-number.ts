/** Figures as people read them: short in the table, exact on hover. Nothing here ever turns unknown into 0. */

const thousands = new Intl.NumberFormat('en-GB');

/** `1,904`: every digit. */
export function exactNumber(value: number): string {
  return thousands.format(value);
}

const steps = [
  { from: 999_500_000, unit: 1e9, letter: 'B' },
  { from: 999_500, unit: 1e6, letter: 'M' },
  { from: 1000, unit: 1e3, letter: 'k' },
];

/** `734`, `10.1k`, `734k`, `9.2M`, `1.12B`: three digits at most. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  const step = steps.find((one) => size >= one.from);
  if (!step) return Number.isInteger(value) ? String(value) : value.toFixed(1);
  const scaled = value / step.unit;
  // 99.95 would print as 100.0: from there on no decimals.
  const decimals = Math.abs(scaled) >= 99.95 ? 0 : step.letter === 'B' && Math.abs(scaled) < 9.995 ? 2 : 1;
  return `${scaled.toFixed(decimals)}${step.letter}`;
}

const cents = dollarFormat(2, 2);
const mills = dollarFormat(3, 3);
const everyDigit = dollarFormat(2, 6);

function dollarFormat(minimumFractionDigits: number, maximumFractionDigits: number): Intl.NumberFormat {
  return new Intl.NumberFormat('en-GB', { minimumFractionDigits, maximumFractionDigits });
}

function dollarText(format: Intl.NumberFormat, dollars: number): string {
  return `${dollars < 0 ? '−' : ''}$${format.format(Math.abs(dollars))}`;
}

/** Integer microdollars as dollars: cents from 10 cents on, and as many decimals below as it takes to show a figure. */
export function money(micros: number): string {
  const dollars = micros / 1e6;
  if (micros !== 0 && Math.abs(dollars) < 0.001) return dollars < 0 ? '−$0.001' : '<$0.001';
  return dollarText(micros === 0 || Math.abs(dollars) >= 0.0995 ? cents : mills, dollars);
}

/** Every digit that was computed: `$0.167254`. */
export function exactMoney(micros: number): string {
  return dollarText(everyDigit, micros / 1e6);
}

/** A share of 1 as `76.6%`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `412 MB`, `3.9 GB`: decimal units. */
export function bytes(value: number): string {
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < byteUnits.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${unit === 0 || scaled >= 9.95 ? Math.round(scaled) : scaled.toFixed(1)} ${byteUnits[unit]}`;
}

/** `1 session`, `14 sessions`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${exactNumber(value)} ${value === 1 ? one : many}`;
}
