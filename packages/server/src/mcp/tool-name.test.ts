/** Names of tools as models call them. */
import { mcpNames } from '@taffrail/session';
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { modelToolName } from './tool-name.js';

const seed = randomSeed();

test('E-beyond: a plain name stands behind its server’s', () => {
  expect(modelToolName('git-hub', 'search_issues')).toBe('mcp__git-hub__search_issues');
});

test('E-beyond: names that differ only in what had to be changed stay apart', () => {
  const names = ['a b', 'a.b', 'a/b', 'a_b', 'ä b', 'x'.repeat(80), `${'x'.repeat(80)}y`].map((tool) =>
    modelToolName('s', tool),
  );
  expect(new Set(names).size).toBe(names.length);
});

test(`E-beyond: whatever a server calls its tools, every provider takes the name (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { minLength: 1 }), (codes) => {
      const tool = String.fromCharCode(...codes);
      const name = modelToolName('a-server-of-thirty-characters-', tool);
      expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
      expect(modelToolName('a-server-of-thirty-characters-', tool)).toBe(name);
      expect(mcpNames(name)?.server).toBe('a-server-of-thirty-characters-');
    }),
    { seed },
  );
});
