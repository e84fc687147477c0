/** What calls of the agents whose logs are read say of the files they wrote. */
import { describe, expect, it } from 'vitest';
import { countChanges, countDiff, diffLines } from './line-diff.js';
import { TurnFileLog } from './turn-files.js';
import { filesWrittenBy } from './written-files.js';

const budget = () => ({ pairs: 1_000_000 });
const written = (name: string, args: unknown, result = '') =>
  filesWrittenBy({ name, text: typeof args === 'string' ? args : JSON.stringify(args) }, result, budget()).map(
    ({ path, lines }) => [path, lines && [lines.added, lines.removed]],
  );

describe('a call that writes files', () => {
  const [file_path, filePath, path] = ['a.ts', 'a.ts', 'a.ts'];

  it.each([
    ['Edit', { file_path, old_string: 'a\nb', new_string: 'a\nc\nd' }, '', [2, 1]],
    ['Edit', { file_path, old_string: 'a', new_string: 'b', replace_all: true }, '', null],
    [
      'MultiEdit',
      {
        file_path,
        edits: [
          { old_string: 'a', new_string: 'b' },
          { old_string: 'c', new_string: '' },
        ],
      },
      '',
      [1, 2],
    ],
    ['Write', { file_path, content: 'a\nb\n' }, 'File created successfully at: a.ts', [2, 0]],
    ['Write', { file_path, content: 'a\nb\n' }, 'The file a.ts has been updated.', null],
    ['NotebookEdit', { notebook_path: path, new_source: 'x' }, '', null],
    ['write_file', { file_path, content: 'a' }, 'Successfully created and wrote to new file: a.ts.', [1, 0]],
    ['replace', { file_path, old_string: 'a', new_string: 'b\nc' }, '', [2, 1]],
    ['replace', { file_path, old_string: 'a', new_string: 'b', expected_replacements: 3 }, '', null],
    ['edit', { filePath, oldString: 'a', newString: 'b' }, '', [1, 1]],
    ['write', { filePath, content: 'a' }, 'Wrote file successfully.', null],
    ['edit', { path, oldText: 'a', newText: 'b' }, 'Edited a.ts.', [1, 1]],
    ['write', { path, content: 'a\nb' }, 'Created a.ts (2 lines, 3 bytes).', [2, 0]],
    ['create', { path, file_text: 'a' }, 'Created file a.ts with 1 characters', [1, 0]],
    ['apply_patch', '*** Begin Patch\n*** Update File: a.ts\n@@\n-a\n+b\n+c\n*** End Patch', '', [2, 1]],
    ['shell', { command: ['apply_patch', '*** Begin Patch\n*** Add File: a.ts\n+b\n*** End Patch'] }, '', [1, 0]],
    ['apply_patch', '*** Begin Patch\n*** Delete File: a.ts\n*** End Patch', '', null],
  ])('D5: %s %j (%s) is known by its file and its lines', (name, args, result, lines) => {
    expect(written(name, args, result)).toEqual([['a.ts', lines]]);
  });

  it.each([
    ['Read', { file_path: 'a.ts' }],
    ['Bash', { command: 'echo a > a.ts' }],
    ['Grep', { pattern: 'old_string', path: 'src' }],
    ['mcp__files__edit', { path: 'a.ts', old_string: 'a', new_string: 'b' }],
    ['TodoWrite', { todos: [{ content: 'write' }] }],
    ['edit', 'not JSON'],
  ])('D5: %s %j says of no file that it was written', (name, args) => {
    expect(written(name, args)).toEqual([]);
  });

  it('D5: names both files of a patch', () => {
    const patch = '*** Begin Patch\n*** Update File: a\n-x\n*** Add File: b\n+y\n*** End Patch';
    expect(written('apply_patch', patch)).toEqual([
      ['a', [0, 1]],
      ['b', [1, 0]],
    ]);
  });
});

describe('counting the lines of a change', () => {
  it('D5: agrees with what the transcript shows of it', () => {
    const texts = ['', 'a', 'a\nb\nc', 'a\nx\nc\nd\n', 'c\nb\na', 'q\na\nb\nq\nc'];
    const pairs = texts.flatMap((before) => texts.map((after) => [before, after] as const));
    expect(pairs.map(([before, after]) => countDiff(before, after, budget()))).toEqual(
      pairs.map(([before, after]) => countChanges(diffLines(before, after))),
    );
  });

  it('D5: is left where it takes too much, for all of a session together', () => {
    const lines = Array.from({ length: 601 }, (_, index) => `${index}`);
    const left = budget();
    const counts = [0, 1, 2].map(() => countDiff(lines.join('\n'), lines.toReversed().join('\n'), left));
    expect(counts).toEqual([{ added: 600, removed: 600 }, { added: 600, removed: 600 }, null]);
    expect(countDiff('a\nb', 'a\nc', left)).toEqual({ added: 1, removed: 1 });
  });
});

describe('the files of a turn', () => {
  it('D5: are each named once, within the folder without it, with the sum of its edits', () => {
    const log = new TurnFileLog('/p');
    let place = 0;
    const edit = (path: string, before: string, after: string) => {
      place += 1;
      const text = JSON.stringify({ file_path: path, old_string: before, new_string: after });
      log.call({ place, turnId: 't', callId: `c${place}`, name: 'Edit', text });
      log.result(`c${place}`, true, '');
    };
    edit('/p/a', '1', '2');
    edit('./b', '1', '1\n2');
    edit('/p/a', '2', '2\n3');
    edit('/pq/a', '', 'x');
    expect(log.byTurn().get('t')).toEqual([
      { path: 'a', added: 2, removed: 1, inferred: true },
      { path: 'b', added: 1, removed: 0, inferred: true },
      { path: '/pq/a', added: 1, removed: 0, inferred: true },
    ]);
  });
});
