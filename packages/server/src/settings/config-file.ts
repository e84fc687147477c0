/** `config.toml` as a text that a person edits too: read, compared, replaced as a whole. */
import { existsSync, readFileSync } from 'node:fs';
import { OrderError } from '../runner/order-error.js';
import { UsageError } from '../usage-error.js';
import { replaceText } from './replace-text.js';

export class ConfigFile {
  constructor(readonly path: string) {}

  /** '' where there is none. @throws UsageError where it cannot be read. */
  read(): string {
    try {
      return existsSync(this.path) ? readFileSync(this.path, 'utf8') : '';
    } catch (error) {
      throw new UsageError(`${this.path} cannot be read: ${codeOf(error)}`);
    }
  }

  /** @throws OrderError where it is no longer what it was when it was read, or cannot be written. */
  replace(before: string, after: string): void {
    if (this.read() !== before)
      throw new OrderError('busy', 'config.toml was changed meanwhile. Look at what it says now, then save again.');
    try {
      replaceText(this.path, after);
    } catch (error) {
      throw new OrderError('busy', `${this.path} cannot be written: ${codeOf(error)}. Nothing was changed.`);
    }
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
