/** A flag's number. */
import { UsageError } from '@taffrail/server';

/** @throws UsageError for anything but a whole number from 1. */
export function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < 1) throw new UsageError(`${flag}: ${text} is not a whole number from 1`);
  return value;
}
