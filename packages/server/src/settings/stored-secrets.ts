/** `secrets.json`: the secrets that were entered in the web app, readable by their owner alone. They leave it for their provider only. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../usage-error.js';
import { replaceText } from './replace-text.js';

const fileSchema = z.object({ keys: z.record(z.string(), z.string()) });

export class StoredSecrets {
  constructor(readonly path: string) {}

  /** By the key's id. @throws UsageError where the file is not what it should be; none of it is told. */
  all(): ReadonlyMap<string, string> {
    return new Map(Object.entries(this.#read()));
  }

  /** `null` takes it out. */
  set(id: string, secret: string | null): void {
    const { [id]: before, ...others } = this.#read();
    if ((before ?? null) === secret) return;
    const keys = secret === null ? others : { ...others, [id]: secret };
    replaceText(this.path, `${JSON.stringify({ keys }, null, 2)}\n`, 0o600);
  }

  #read(): Record<string, string> {
    if (!existsSync(this.path)) return {};
    const file = fileSchema.safeParse(jsonOf(this.path));
    if (file.success) return file.data.keys;
    throw new UsageError(`${this.path} is not what taffrail writes; mend it, or move it away and enter the keys again`);
  }
}

/** What the parser complains of quotes the file, so it is not passed on. */
function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
