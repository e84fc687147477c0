/** What each command of the built program loads: a report must not wait for the server's code. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleProgram } from './prepare/bundle-program.mjs';

const folder = mkdtempSync(join(tmpdir(), 'taffrail-'));

beforeAll(() => bundleProgram(folder), 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** The bundle's file whose name begins so, and all that it imports at once. */
function loadedBy(name: string): string[] {
  const first = readdirSync(folder).find((file) => file.startsWith(name) && file.endsWith('.mjs')) ?? '';
  const loaded = new Set([first]);
  for (const file of loaded) {
    const imports = readFileSync(join(folder, file), 'utf8').matchAll(/\b(?:from|import)"\.\/([^"]+)"/g);
    for (const [, part = ''] of imports) loaded.add(part);
  }
  return [...loaded];
}

/** The source files that these parts were made from. */
function sourcesOf(parts: string[]): string[] {
  return parts.flatMap(
    (part) => (JSON.parse(readFileSync(join(folder, `${part}.map`), 'utf8')) as { sources: string[] }).sources,
  );
}

const packagesIn = (sources: string[]): string[] => [
  ...new Set(
    sources
      .map((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)|packages\/([^/]+)/.exec(source))
      .map((found) => found?.[1] ?? found?.[2] ?? ''),
  ),
];

describe('the built program', () => {
  test('starts with the command table alone', () => {
    expect(packagesIn(sourcesOf(loadedBy('taffrail'))).sort()).toEqual(['cli', 'commander', 'picocolors', 'server']);
  });

  test('reports usage without the web server, importers, schemas, query builder or the code that writes', () => {
    const sources = sourcesOf(loadedBy('usage.'));
    expect(packagesIn(sources).sort()).toEqual(['cli', 'server', 'session', 'store', 'wire']);
    expect(sources.filter((source) => /store\/src\/(plan\/(?!buckets)|sqlite\/(store|write))/.test(source))).toEqual(
      [],
    );
  });

  test('holds the price table as JSON, without its prose', () => {
    const prices = loadedBy('prices-')
      .map((part) => readFileSync(join(folder, part), 'utf8'))
      .join('');
    expect(prices).toContain('"id":"anthropic"');
    expect(prices).not.toContain('pricing_urls');
  });
});
