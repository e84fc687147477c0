/** Lists of tools as servers send them: anything. */
import { randomSeed } from '@taffrail/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listedTools } from './listed-tools.js';

const seed = randomSeed();
const object = (properties: object = {}) => ({ type: 'object', properties });
const leftOut = (...found: unknown[]) => listedTools('s', found).leftOut.map(({ why }) => why);

test('E-beyond: a schema goes to the model as it is', () => {
  const inputSchema = { ...object({ a: { type: 'string', 'x-odd': [1] } }), required: ['a'], $defs: {} };
  const [tool] = listedTools('s', [{ name: 'one', description: 'Does it.', inputSchema }]).tools;
  expect(tool).toMatchObject({ modelName: 'mcp__s__one', description: 'Does it.', schema: inputSchema });
});

test.each([
  [{ name: 'a' }, /inputSchema/],
  [{ name: '', inputSchema: object() }, /name/],
  [{ name: 'a', inputSchema: { type: 'string' } }, /not of an object/],
  [{ name: 'a', inputSchema: { ...object(), anyOf: [] } }, /anyOf at the top/],
  [{ name: 'a', inputSchema: object({ 'b c': {} }) }, /a property that providers refuse: b c/],
  [{ name: 'a', inputSchema: object({ b: 'string' }) }, /a property that providers refuse: b/],
  [{ name: 'a', inputSchema: { type: 'object', properties: [] } }, /no table/],
  [{ name: 'a', inputSchema: { ...object(), required: [1] } }, /required/],
  [{ name: 'a', inputSchema: object({ b: { description: 'x'.repeat(30_000) } }) }, /too large/],
  ['a', /not what it should be/],
  [null, /not what it should be/],
])('E-beyond: %j is left out, and it is said why', (found, why) => {
  expect(leftOut(found)).toEqual([expect.stringMatching(why)]);
});

test('E-beyond: of two tools of one name the first stands', () => {
  const twice = [1, 2].map((at) => ({ name: 'a', description: `${at}`, inputSchema: object() }));
  expect(listedTools('s', twice).tools.map(({ description }) => description)).toEqual(['1']);
  expect(leftOut(...twice)).toEqual(['its name is there twice']);
});

test('E-beyond: a hint is taken for what it is, and a malformed one for none', () => {
  const hinted = [{ readOnlyHint: true }, { readOnlyHint: 'yes' }, 'yes', undefined].map((annotations, at) => ({
    name: `t${at}`,
    inputSchema: object(),
    annotations,
  }));
  expect(listedTools('s', hinted).tools.map(({ isReadOnly }) => isReadOnly)).toEqual([true, false, false, false]);
});

test('E-beyond: of ten thousand tools a hundred are there, and a hundred of the others are named', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => ({ name: `t${at}`, inputSchema: object() }));
  const { tools, leftOut: left } = listedTools('s', many);
  expect([tools.length, left.length]).toEqual([100, 101]);
  expect(left.at(-1)?.name).toBe('9800 more');
});

test('E-beyond: a schema that is nested without an end breaks nothing', () => {
  let schema: object = {};
  for (let depth = 0; depth < 20_000; depth += 1) schema = { type: 'object', properties: { a: schema } };
  expect(leftOut({ name: 'deep', inputSchema: schema })).toEqual([expect.stringMatching(/too (deep|large)/)]);
});

test(`E-beyond: whatever is listed, each of it is either told or left out (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(fc.anything(), { maxLength: 20 }), (found) => {
      const { tools, leftOut: left } = listedTools('s', found);
      expect(tools.length + left.length).toBe(found.length);
    }),
    { seed },
  );
});
