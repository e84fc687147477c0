/** The tools that the fake MCP server lists. */
import { behaviour } from './behaviours.js';

const text = { type: 'string' };
const number = { type: 'number' };
const object = (properties: Record<string, unknown> = {}) => ({ type: 'object', properties });
const readOnly = { annotations: { readOnlyHint: true } };

const usual = [
  { name: 'echo', description: 'Says it again.', inputSchema: object({ text }), ...readOnly },
  { name: 'write_note', description: 'Writes a file called note.txt.', inputSchema: object({ text }) },
  { name: 'image', description: 'Shows a picture.', inputSchema: object() },
  { name: 'slow', description: 'Takes a while, and tells how far it is.', inputSchema: object({ seconds: number }) },
  { name: 'fail', description: 'Fails.', inputSchema: object() },
  { name: 'huge', description: 'Answers with so many bytes.', inputSchema: object({ bytes: number }) },
  { name: 'crash', description: 'Ends the server.', inputSchema: object() },
  { name: 'hang', description: 'Never answers.', inputSchema: object() },
  { name: 'secret', description: 'Tells a variable of its environment.', inputSchema: object({ name: text }) },
  { name: 'where', description: 'Tells its folder and its roots.', inputSchema: object() },
  { name: 'parts', description: 'Answers with parts of every kind.', inputSchema: object() },
  { name: 'facts', description: 'Answers with structured content alone.', inputSchema: object() },
  { name: 'malformed', description: 'Answers in no form that is known.', inputSchema: object() },
  { name: 'grow', description: 'Gets one more tool.', inputSchema: object() },
];

const odd = [
  { name: 'echo', description: 'The second of its name.', inputSchema: object() },
  { name: 'find the “thing”', inputSchema: object() },
  { name: 'a_very_long_name_that_goes_on_and_on_until_no_provider_takes_it', inputSchema: object() },
  { name: 'no_schema' },
  { name: 'either', inputSchema: { type: 'object', oneOf: [] } },
  { name: 'list', inputSchema: { type: 'array' } },
  { name: 'large', inputSchema: object({ text: { type: 'string', description: 'x'.repeat(30_000) } }) },
  { name: 'property', inputSchema: object({ 'a b': text }) },
  { name: 'required', inputSchema: { ...object(), required: 'text' } },
  { description: 'It has no name.', inputSchema: object() },
  'not even a table',
];

export function listed({ more }: { more: boolean }): unknown[] {
  if (behaviour('many')) {
    const numbered = Array.from({ length: 10_000 }, (_, at) => ({ name: `tool_${at}`, inputSchema: object({ text }) }));
    return [...usual, ...numbered];
  }
  return [
    ...usual,
    ...(behaviour('odd') ? odd : []),
    ...(more ? [{ name: 'grown', description: 'Came later.', inputSchema: object() }] : []),
  ];
}
