/** Holds the house: who may import whom, sizes, names, bans, the lockfile. Every rule is also shown something it must object to. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentLabels } from '@taffrail/wire';
import { describe, expect, test } from 'vitest';
import { arrowRules } from './tidy/arrows.js';
import { readHouse, root } from './tidy/house.js';
import { type Lockfile, missingOptionals, namedHosts } from './tidy/lockfile.js';
import { nameRules } from './tidy/names.js';
import { shipped, testToolsShipped } from './tidy/shipped.js';
import { sizeRules } from './tidy/sizes.js';
import { wordRules } from './tidy/words.js';

const house = readHouse();

describe.each([...arrowRules, ...sizeRules, ...nameRules, ...wordRules])('$says', ({ find, counterExample }) => {
  test('holds in every file', () => {
    expect(house.flatMap(find)).toEqual([]);
  });

  test('is noticed when broken', () => {
    expect(find(counterExample)).toHaveLength(1);
  });
});

test('the rules are given the house to look at', () => {
  expect(house.map((file) => file.path)).toContain('packages/wire/src/row.ts');
});

describe('what ships', () => {
  test('is found by following imports', () => {
    expect(shipped(house).map((file) => file.path)).toContain('packages/wire/src/rest/session.ts');
  });

  test('uses nothing that is for tests', () => {
    const broken = [
      { path: 'packages/web/src/main.tsx', text: "import './app/a.js';" },
      { path: 'packages/web/src/app/a.tsx', text: "export { clock } from '@taffrail/testing';" },
    ];
    expect(testToolsShipped(house)).toEqual([]);
    expect(testToolsShipped(broken)).toEqual(['packages/web/src/app/a.tsx:1 imports @taffrail/testing']);
  });
});

describe('package-lock.json', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile;

  test('names no host: a clone downloads from its own registry', () => {
    expect(namedHosts(lock)).toEqual([]);
    expect(namedHosts({ packages: { 'node_modules/a': { resolved: 'https://example.org/a.tgz' } } })).toHaveLength(1);
  });

  test('holds the binaries of every platform, not only of the one it was made on', () => {
    const halfMade = {
      'node_modules/a': { optionalDependencies: { 'a-linux': '1', 'a-mac': '1' } },
      'node_modules/a/node_modules/a-linux': { version: '1' },
    };
    expect(missingOptionals(lock)).toEqual([]);
    expect(missingOptionals({ packages: halfMade })).toEqual(['node_modules/a wants a-mac']);
  });
});

describe('importers', () => {
  const importers = join(root, 'packages/importers/src');
  const folders = Object.keys(agentLabels).filter((agent) => existsSync(join(importers, agent)));

  test('are found', () => {
    expect(folders).toContain('claude');
  });

  test.each(folders)('%s has its evidence and its fixtures', (name) => {
    expect(existsSync(join(importers, name, 'README.md'))).toBe(true);
    expect(readdirSync(join(importers, name, 'fixtures'))).not.toEqual([]);
  });
});
