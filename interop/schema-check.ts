/** Holds messages to the JSON schema that a real program has generated. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Codex } from './codex.js';
import type { Recorded } from './recorder.js';

type Validate = ((value: unknown) => boolean) & { errors?: unknown };
interface Validator {
  compile(schema: object): Validate;
}
interface MethodSchema {
  properties: { method: { enum: string[] }; params?: { $ref?: string } };
}

/** Answers whose type is not named after their parameters. */
const answers: Readonly<Record<string, string>> = {
  initialize: 'v1/InitializeResponse',
  'configRequirements/read': 'v2/ConfigRequirementsReadResponse',
  'account/rateLimits/read': 'v2/GetAccountRateLimitsResponse',
};

export class SchemaCheck {
  readonly #codex: Codex;
  readonly #ajv: Validator;
  readonly #compiled = new Map<string, Validate>();
  readonly #answers = new Map<string, string>();
  readonly #told: ReadonlySet<string>;
  /** How many messages were looked at. */
  count = 0;
  /** Methods that this version does not know. */
  readonly unknown = new Set<string>();

  constructor(codex: Codex) {
    this.#codex = codex;
    const loaded = codex.load('ajv') as { default?: new (options: object) => Validator };
    const Ajv = loaded.default ?? (loaded as unknown as new (options: object) => Validator);
    this.#ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    for (const { properties } of this.#variants('ClientRequest')) {
      const type = properties.params?.$ref
        ?.split('/')
        .at(-1)
        ?.replace(/Params$/, 'Response');
      for (const method of properties.method.enum) if (type) this.#answers.set(method, `v2/${type}`);
    }
    for (const [method, type] of Object.entries(answers)) this.#answers.set(method, type);
    this.#told = new Set(
      ['ServerNotification', 'ServerRequest'].flatMap((name) =>
        this.#variants(name).flatMap(({ properties }) => properties.method.enum),
      ),
    );
  }

  /** What is wrong with a message that the server has sent; `null` where nothing is. */
  problemWith({ message, answers: method }: Recorded): string | null {
    const name = this.#schemaFor(message, method);
    if (name === null) return null;
    this.count += 1;
    const validate = this.#validator(name);
    if (validate(name.includes('/') ? message['result'] : message)) return null;
    return `${method ?? message['method']}: ${JSON.stringify(validate.errors)} in ${JSON.stringify(message)}`.slice(
      0,
      2000,
    );
  }

  #schemaFor(message: Record<string, unknown>, method: string | null): string | null {
    if ('error' in message) return 'JSONRPCError';
    if (typeof message['method'] === 'string') {
      if (!this.#told.has(message['method'])) {
        this.unknown.add(message['method']);
        return null;
      }
      return 'id' in message ? 'ServerRequest' : 'ServerNotification';
    }
    const name = this.#answers.get(method ?? '');
    if (name && existsSync(this.#path(name))) return name;
    this.unknown.add(method ?? '?');
    return null;
  }

  #validator(name: string): Validate {
    const known = this.#compiled.get(name) ?? this.#ajv.compile(this.#read(name));
    this.#compiled.set(name, known);
    return known;
  }

  #variants(name: string): MethodSchema[] {
    return (this.#read(name) as { oneOf: MethodSchema[] }).oneOf;
  }

  #path(name: string): string {
    return join(this.#codex.schemas, `${name}.json`);
  }

  #read(name: string): object {
    return JSON.parse(readFileSync(this.#path(name), 'utf8')) as object;
  }
}
