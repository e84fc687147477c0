/** Takes secrets out of text, also where they are written in another alphabet, and where chunks cut them in two. */
import { type NamedSecret, secretLengthMin } from './environment.js';

export interface RedactedStream {
  /** What can be shown of all that came so far. It keeps back what may be the beginning of a secret. */
  push(chunk: string): string;
  /** The rest. Afterwards it may be used anew. */
  end(): string;
}

export interface Redactor {
  /** A whole text without its secrets: each is replaced by `[redacted NAME]`. */
  text(whole: string): string;
  /** For a text that comes in pieces: yields together what `text` yields for the whole. */
  stream(): RedactedStream;
}

/** Three bytes become four letters, so a text inside another one has three spellings; only inner letters are its own. */
function base64Forms(value: string): string[] {
  return [0, 1, 2].map((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
    const firstOwn = Math.ceil((shift * 8) / 6);
    const ownBits = Math.floor((bytes.length * 8) / 6);
    return bytes.toString('base64').slice(firstOwn, ownBits);
  });
}

function urlForms(value: string): string[] {
  // A lone surrogate has no URL form; a secret with one is found as it is.
  const encoded = encodeURIComponent(value.replace(/\p{Cs}/gu, '\uFFFD'));
  return [encoded, encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()), encoded.replaceAll('%20', '+')];
}

function formsOf(value: string): string[] {
  const base64 = base64Forms(value);
  const base64Url = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  const json = JSON.stringify(value).slice(1, -1);
  return [value, json, json.replaceAll('/', '\\/'), ...urlForms(value), ...base64, ...base64Url];
}

/** All spellings with the text that takes their place; the longest first, so that no part is left of it. */
function replacements(secrets: readonly NamedSecret[]): Map<string, string> {
  const pairs = secrets
    .filter(({ value }) => value.length >= secretLengthMin)
    .flatMap(({ name, value }) => formsOf(value).map((form) => [form, `[redacted ${name}]`] as const))
    .sort(([a], [b]) => b.length - a.length);
  const map = new Map<string, string>();
  for (const [form, replacement] of pairs) if (!map.has(form)) map.set(form, replacement);
  return map;
}

class Stream implements RedactedStream {
  readonly #forms: ReadonlyMap<string, string>;
  readonly #expression: RegExp;
  readonly #longest: number;
  #held = '';

  constructor(forms: ReadonlyMap<string, string>, expression: RegExp) {
    this.#forms = forms;
    this.#expression = expression;
    this.#longest = Math.max(0, ...[...forms.keys()].map((form) => form.length));
  }

  push(chunk: string): string {
    this.#held += chunk;
    return this.#release(false);
  }

  end(): string {
    return this.#release(true);
  }

  #release(isLast: boolean): string {
    let shown = '';
    let at = 0;
    let stop = isLast ? this.#held.length : this.#doubtFrom(at);
    for (;;) {
      this.#expression.lastIndex = at;
      const found = this.#expression.exec(this.#held);
      if (found === null || found.index >= stop) break;
      shown += this.#held.slice(at, found.index) + (this.#forms.get(found[0]) ?? '');
      at = found.index + found[0].length;
      if (at > stop) stop = this.#doubtFrom(at);
    }
    shown += this.#held.slice(at, stop);
    this.#held = this.#held.slice(stop);
    return shown;
  }

  /** The first place, not before `from`, whose rest may be the beginning of a secret. */
  #doubtFrom(from: number): number {
    const forms = [...this.#forms.keys()];
    for (let at = Math.max(from, this.#held.length - this.#longest + 1); at < this.#held.length; at += 1) {
      const rest = this.#held.slice(at);
      if (forms.some((form) => form.length > rest.length && form.startsWith(rest))) return at;
    }
    return this.#held.length;
  }
}

/** @param secrets Values of less than eight characters are left alone. */
export function redactor(secrets: readonly NamedSecret[]): Redactor {
  const forms = replacements(secrets);
  const escaped = [...forms.keys()].map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  const pattern = escaped.length === 0 ? '(?!)' : escaped.join('|');
  return {
    text: (whole) => whole.replace(new RegExp(pattern, 'g'), (form) => forms.get(form) ?? form),
    stream: () => new Stream(forms, new RegExp(pattern, 'g')),
  };
}
