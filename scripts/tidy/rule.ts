/** What a tidy rule is: a sentence, a finder over one file, and a file that it must object to. */
import type { HouseFile } from './house.js';

export interface Rule {
  /** The rule as a sentence of the house. */
  says: string;
  /** The violations in one file, each with its place; empty for files the rule is not about. */
  find(file: HouseFile): string[];
  /** Violates the rule. Without it, a finder that has gone blind would look like a tidy house. */
  counterExample: HouseFile;
}
