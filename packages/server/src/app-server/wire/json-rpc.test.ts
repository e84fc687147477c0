/** What counts as a message. */
import { describe, expect, it } from 'vitest';
import { heardFrom } from './json-rpc.js';

describe('a line', () => {
  it.each<[string, object]>([
    ['{"id":1,"method":"a","params":{"b":2}}', { kind: 'request', id: 1, method: 'a', params: { b: 2 } }],
    ['{"jsonrpc":"2.0","id":"x","method":"a"}', { kind: 'request', id: 'x', method: 'a', params: undefined }],
    ['{"method":"initialized"}', { kind: 'notification', method: 'initialized' }],
    ['{"id":0,"result":{"decision":"accept"}}', { kind: 'answer', id: 0, result: { decision: 'accept' } }],
    ['{"id":0,"error":{"code":1,"message":"no"}}', { kind: 'refusal', id: 0 }],
  ])('G1: %s is a message', (text, heard) => {
    expect(heardFrom(text)).toEqual(heard);
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{}',
    '{"id":1}',
    '{"id":null,"method":"a"}',
    '{"id":1.5,"method":"a"}',
    '{"id":{},"result":1}',
  ])('G1: %s is noise', (text) => {
    expect(heardFrom(text)).toEqual({ kind: 'noise' });
  });
});
