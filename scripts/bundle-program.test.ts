/** What each command of the built program loads: a report must not wait for the server's code. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleProgram } from './prepare/bundle-program.mjs';

const folder = mkdtempSync(join(tmpdir(), 'taffrail-'));
let entries: string[];

beforeAll(async () => {
  entries = await bundleProgram(folder);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');

/** The source files that a part was made from. */
const sourcesOf = (part: string): string[] => (JSON.parse(textOf(`${part}.map`)) as { sources: string[] }).sources;

const packagesIn = (sources: string[]): string[] => [
  ...new Set(
    sources
      .map((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)|packages\/([^/]+)/.exec(source))
      .map((found) => found?.[1] ?? found?.[2] ?? ''),
  ),
];

describe('the built program', () => {
  test('reports usage without the web server, importers, schemas, query builder or the code that writes', () => {
    const sources = sourcesOf('taffrail.cjs');
    expect(packagesIn(sources).sort()).toEqual([
      '@pydantic/genai-prices',
      'cli',
      'commander',
      'server',
      'session',
      'store',
      'wire',
    ]);
    expect(sources.filter((source) => /store\/src\/(plan\/(?!buckets)|sqlite\/(store|write))/.test(source))).toEqual(
      [],
    );
  });

  test('reports usage without Node’s processes, sockets and streams', () => {
    const loaded = [...textOf('taffrail.cjs').matchAll(/require\("((?:node:)?[a-z_/]+)"\)/g)].map(([, name]) => name);
    expect([...new Set(loaded)].sort()).toEqual([
      'node:events',
      'node:fs',
      'node:module',
      'node:os',
      'node:path',
      'node:process',
    ]);
  });

  test('has a file for whatever is loaded later, by the name that it is loaded by', () => {
    const later = [...textOf('taffrail.cjs').matchAll(/\bimport\("\.\/([^"]+)"\)/g)].map(([, name]) => name);
    expect(later).toContain('serve.mjs');
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(later));
    expect(entries).toEqual(expect.arrayContaining(later));
  });

  test('reads the price table from a file of ASCII, without its prose', () => {
    const prices = textOf('prices.ndjson');
    expect(prices).toContain('"id":"anthropic"');
    expect(prices).not.toContain('pricing_urls');
    expect(prices).toMatch(/^\p{ASCII}*$/u);
    expect(sourcesOf('taffrail.cjs').join()).toContain('genai-prices');
    expect(textOf('taffrail.cjs')).not.toContain('"id":"anthropic"');
  });
});
