/** Secrets: not handed to programs, and not left in any text, however it is cut or spelt. */
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeEnvironment, secretsOf } from './environment.js';
import { redactor } from './redact.js';

const seed = randomSeed();
const value = 'sk-ant-0123456789abcdef';

describe('E1: the environment of programs', () => {
  test.each([
    'ANTHROPIC_API_KEY',
    'OPENAI_API_KEY',
    'GEMINI_API_KEY',
    'GITHUB_TOKEN',
    'GH_PAT',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'NPM_CONFIG__AUTH',
    'npm_config_//host/:_authToken',
    'PGPASSWORD',
    'MYSQL_PWD',
    'DB_PASS',
    'SSH_AUTH_SOCK',
    'GOOGLE_APPLICATION_CREDENTIALS',
    'DATABASE_URL',
    'SENTRY_DSN',
    'SLACK_WEBHOOK',
    'my_private_thing',
  ])('is without %s', (name) => {
    expect(safeEnvironment({ [name]: 'plain-value' })).toEqual({});
  });

  test.each([
    'PATH',
    'HOME',
    'USER',
    'SHELL',
    'LANG',
    'LC_ALL',
    'TERM',
    'TZ',
    'TMPDIR',
    'EDITOR',
    'JAVA_HOME',
    'NODE_EXTRA_CA_CERTS',
    'GIT_AUTHOR_NAME',
    'XDG_DATA_HOME',
  ])('keeps %s', (name) => {
    expect(safeEnvironment({ [name]: '/plain/value' })).toEqual({ [name]: '/plain/value' });
  });

  test.each([
    ['a key by its look', 'sk-ant-api03-abcdefghijklmnop'],
    ['a token of a forge', `ghp_${'a'.repeat(36)}`],
    ['an address with a password', 'http://user:pass@proxy.example:8080'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nabc'],
    ['a signed token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln'],
  ])('is without %s under a harmless name', (_name, found) => {
    expect(safeEnvironment({ HARMLESS: found })).toEqual({});
  });

  test('is without a known key, under whatever name and inside whatever value', () => {
    const env = { HARMLESS: 'my-own-model-key', LONGER: '--key my-own-model-key', LANG: 'C' };
    expect(safeEnvironment(env, [], ['my-own-model-key'])).toEqual({ LANG: 'C' });
  });

  test('has what is allowed by name', () => {
    expect(safeEnvironment({ GITHUB_TOKEN: value, OTHER_TOKEN: value }, ['GITHUB_TOKEN'])).toEqual({
      GITHUB_TOKEN: value,
    });
  });

  test('is without what the server’s own start left behind', () => {
    expect(safeEnvironment({ npm_lifecycle_event: 'start', PWD: '/somewhere', npm_config_cache: '/c' })).toEqual({
      npm_config_cache: '/c',
    });
  });

  test('what is kept back for being a secret is known to the redactor', () => {
    const env = { GITHUB_TOKEN: value, LANG: 'en_GB.UTF-8', SSH_AUTH_SOCK: '/tmp/ssh/agent', SHORT_KEY: 'abc' };
    expect(secretsOf(env)).toEqual([{ name: 'GITHUB_TOKEN', value }]);
  });
});

describe('E1: redaction', () => {
  const redact = redactor([
    { name: 'MAIN', value },
    { name: 'ODD', value: 'p@ss/w"ord + ü' },
    { name: 'LONG', value: `${value}-and-more` },
    { name: 'SHORT', value: 'abc' },
  ]);

  test('names what stood there', () => {
    expect(redact.text(`key=${value}, again ${value}!`)).toBe('key=[redacted MAIN], again [redacted MAIN]!');
  });

  test('takes the longer of two that begin alike', () => {
    expect(redact.text(`${value}-and-more`)).toBe('[redacted LONG]');
  });

  test('leaves short values alone', () => {
    expect(redact.text('abc abc')).toBe('abc abc');
  });

  test.each(['', 'u:', 'me:', 'you:'])('finds it in base64 behind %j', (prefix) => {
    const basic = Buffer.from(`${prefix}${value}:tail`).toString('base64');
    expect(redact.text(`Basic ${basic}`)).toContain('[redacted MAIN]');
    expect(redact.text(Buffer.from(`${prefix}${value}`).toString('base64url'))).toContain('[redacted MAIN]');
  });

  test('finds it in an address and in JSON', () => {
    const odd = 'p@ss/w"ord + ü';
    expect(redact.text(`?k=${encodeURIComponent(odd)}`)).toBe('?k=[redacted ODD]');
    expect(redact.text(`?k=${new URLSearchParams({ odd }).toString().slice(4)}`)).toBe('?k=[redacted ODD]');
    expect(redact.text(JSON.stringify({ odd }))).toBe('{"odd":"[redacted ODD]"}');
  });

  test('keeps nothing back that cannot be the beginning of a secret', () => {
    const stream = redact.stream();
    expect(stream.push('hello s')).toBe('hello ');
    expect(stream.push('o')).toBe('so');
    expect(stream.push('k-ant-')).toBe('k-ant-');
    expect(stream.push(' sk-ant-0')).toBe(' ');
    expect(stream.end()).toBe('sk-ant-0');
  });

  test('without secrets every text passes at once', () => {
    const stream = redactor([]).stream();
    expect(stream.push('anything')).toBe('anything');
    expect(stream.end()).toBe('');
  });
});

/** Secrets of few letters, so that they overlap and begin alike; texts made of them and of their pieces. */
const secretArbitrary = fc.stringMatching(/^[ab/+]{8,12}$/);
const caseArbitrary = fc.array(secretArbitrary, { minLength: 1, maxLength: 4 }).chain((secrets) =>
  fc.record({
    secrets: fc.constant(secrets),
    pieces: fc.array(
      fc.oneof(
        fc.constantFrom(...secrets),
        fc.constantFrom(...secrets).map((secret) => Buffer.from(secret).toString('base64')),
        fc.constantFrom(...secrets).map((secret) => secret.slice(0, 5)),
        fc.stringMatching(/^[ab/+ x]{0,10}$/),
      ),
      { maxLength: 12 },
    ),
    borders: fc.array(fc.nat(120), { maxLength: 20 }),
  }),
);

function cutAt(text: string, borders: readonly number[]): string[] {
  const places = [0, ...borders.filter((border) => border < text.length).sort((a, b) => a - b), text.length];
  return places.slice(1).map((end, index) => text.slice(places[index], end));
}

test(`E1: no secret passes, wherever chunks end, and nothing else is lost (seed ${seed})`, () => {
  fc.assert(
    fc.property(caseArbitrary, ({ secrets, pieces, borders }) => {
      const redact = redactor(secrets.map((secret, index) => ({ name: `N${index}`, value: secret })));
      const text = pieces.join('');
      const stream = redact.stream();
      const shown =
        cutAt(text, borders)
          .map((chunk) => stream.push(chunk))
          .join('') + stream.end();
      expect(shown).toBe(redact.text(text));
      expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
    }),
    { seed, numRuns: 2_000 },
  );
});
