/** Transcripts as prompts that every provider takes. */
import type { Item } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { promptFrom } from './prompt.js';

const person = (text: string): Item => ({ type: 'message', role: 'user', author: 'human', text });
const model = (text: string): Item => ({ type: 'message', role: 'assistant', author: 'model', text });
const call = (callId: string, text = '{}', name = 'read'): Item => ({ type: 'tool_call', callId, name, text });
const result = (callId: string, text = 'ok'): Item => ({ type: 'tool_result', callId, text, status: 'ok' });
const thought = (text: string, state?: object): Item => ({
  type: 'reasoning',
  text,
  ...(state ? { providerState: JSON.stringify(state) } : {}),
});

const prompt = (...items: Item[]) => promptFrom('openai', 'Be good.', items).slice(1);
const roles = (...items: Item[]) => prompt(...items).map(({ role }) => role);
const partsOf = (...items: Item[]) => prompt(...items).flatMap(({ content }) => content as object[]);

describe('A2: a transcript as a prompt', () => {
  it('has each call with its result, and both before whatever is said next', () => {
    const items = [person('do'), model('I do.'), call('a'), call('b'), result('a'), result('b'), person('more')];
    expect(roles(...items)).toEqual(['user', 'assistant', 'tool', 'user']);
  });

  it('has results in the order of their calls, whichever ended first', () => {
    const calls = [call('a'), call('b'), call('c')];
    const [, , tool] = prompt(person('do'), ...calls, result('c'), result('a'), person('go on'));
    expect(tool?.content).toMatchObject([{ toolCallId: 'a' }, { toolCallId: 'b' }, { toolCallId: 'c' }]);
  });

  it('tells that a call without a result was interrupted', () => {
    const [, , tool] = prompt(person('do'), call('a'), person('go on'));
    expect(tool).toMatchObject({
      role: 'tool',
      content: [{ toolCallId: 'a', output: { value: expect.stringMatching(/interrupted/) } }],
    });
  });

  it('leaves out results without a call, errors, and texts of nothing but space', () => {
    expect(roles(person('do'), model(' \n'), result('nobody’s'), { type: 'error', text: 'broke' })).toEqual(['user']);
  });

  it('says that a message was empty, because providers refuse an empty one', () => {
    expect(partsOf(person(''))).toEqual([{ type: 'text', text: '(an empty message)' }]);
  });

  it('begins with the last summary', () => {
    const summary: Item = { type: 'compaction', text: 'we met', trigger: 'manual' };
    expect(JSON.stringify(prompt(person('old'), summary, person('new')))).toMatch(/we met.*new/);
    expect(JSON.stringify(prompt(person('old'), summary, person('new')))).not.toContain('old');
  });

  it('E5: tells what was asked again after a summary in the middle of a turn, and nothing older', () => {
    const summary: Item = { type: 'compaction', text: 'we met', trigger: 'auto' };
    const said = JSON.stringify(prompt(person('oldest'), person('asked'), summary));
    expect(said).toMatch(/we met.*asked.*Go on from there/);
    expect(said).not.toContain('oldest');
  });

  it.each([
    ['{"path":"a"}', { path: 'a' }],
    ['[1]', { value: [1] }],
    ['7', { value: 7 }],
    ['{"pa', { unreadable: '{"pa' }],
  ])('sends the input %s back as an object', (text, input) => {
    expect(partsOf(call('a', text), result('a'))).toMatchObject([{ input }, {}]);
  });

  it('sends made-up names and foreign ids back in letters that every provider takes, one for each', () => {
    const parts = partsOf(call('ä/1', '{}', 'no such tool!'), call('ä/2', '{}', ''), result('ä/1'), result('ä/2')) as {
      toolCallId: string;
      toolName: string;
    }[];
    expect(parts.map(({ toolName }) => toolName)).toEqual(['no_such_tool_', 'unnamed', 'no_such_tool_', 'unnamed']);
    const ids = parts.map(({ toolCallId }) => toolCallId);
    expect(ids.every((id) => /^[\w-]{1,64}$/.test(id))).toBe(true);
    expect(ids.slice(0, 2)).toEqual(ids.slice(2));
    expect(new Set(ids).size).toBe(2);
  });

  it('sends thoughts back to the provider that signed them, and to no other', () => {
    const signed = thought('Hm.', { anthropic: { signature: 's' } });
    const parts = promptFrom('anthropic', '', [person('do'), signed, thought('unsigned'), model('Done.')]);
    expect(parts[2]?.content).toMatchObject([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'Done.' },
    ]);
    expect(partsOf(person('do'), signed, model('Done.'))).toHaveLength(2);
  });

  it('marks for Anthropic what need not be read again', () => {
    const items = [person('one'), model('1'), person('two'), model('2'), person('three')];
    const marked = promptFrom('anthropic', '', items).map(({ providerOptions }) => providerOptions !== undefined);
    expect(marked).toEqual([true, false, false, true, false, true]);
  });
});
