/** Diffs, patches and the edits that calls ask for. */
import { describe, expect, it } from 'vitest';
import { countChanges, type DiffLine, diffLines, linesOf, withoutFarLines } from './line-diff.js';
import { filesOfPatch } from './patch.js';
import { editsOf } from './tool-edits.js';
import { changedWords } from './word-diff.js';

const signs = { same: ' ', del: '-', add: '+', gap: '~' } as const;
const show = (lines: readonly DiffLine[]) => lines.map((line) => `${signs[line.kind]}${line.text}`);

/** What the lines of one side spell. */
function side(lines: readonly DiffLine[], other: 'add' | 'del'): string[] {
  return lines.filter((line) => line.kind !== other && line.kind !== 'gap').map((line) => line.text);
}

/** Small pseudo-random numbers, so that a failure can be repeated. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

describe('a line diff', () => {
  it('finds the shortest edit with its line numbers', () => {
    expect(diffLines('a\nb\nc', 'a\nx\nc\nd')).toEqual([
      { kind: 'same', text: 'a', oldNumber: 1, newNumber: 1 },
      { kind: 'del', text: 'b', oldNumber: 2, marks: [] },
      { kind: 'add', text: 'x', newNumber: 2, marks: [] },
      { kind: 'same', text: 'c', oldNumber: 3, newNumber: 3 },
      { kind: 'add', text: 'd', newNumber: 4, marks: [] },
    ]);
  });

  it('counts no line for a final line break', () => {
    expect(linesOf('a\nb\n')).toEqual(['a', 'b']);
    expect(linesOf('')).toEqual([]);
    expect(show(diffLines('', 'a\n'))).toEqual(['+a']);
  });

  it('spells both texts, whatever they are', () => {
    const seed = Number(process.env['TAFFRAIL_SEED'] ?? Date.now());
    const random = randomFrom(seed);
    const text = () => Array.from({ length: Math.floor(random() * 12) }, () => 'abc'[Math.floor(random() * 3)] ?? '');
    const cases = Array.from({ length: 300 }, () => [text(), text()] as const);
    for (const [old, now] of cases) {
      const lines = diffLines(old.join('\n'), now.join('\n'));
      expect(side(lines, 'add'), `seed ${seed}`).toEqual(old);
      expect(side(lines, 'del'), `seed ${seed}`).toEqual(now);
    }
  });

  it('stays quick on texts that have nothing in common', () => {
    const many = (word: string) => Array.from({ length: 4000 }, (_, index) => `${word} ${index}`).join('\n');
    const started = performance.now();
    expect(countChanges(diffLines(many('old'), many('new')))).toEqual({ added: 4000, removed: 4000 });
    expect(performance.now() - started).toBeLessThan(1500);
  });

  it('leaves far lines out and says how many', () => {
    const old = Array.from({ length: 20 }, (_, index) => `${index}`).join('\n');
    const lines = withoutFarLines(diffLines(old, old.replace('\n10\n', '\nten\n')));
    expect(show(lines)).toEqual([
      '~7 unchanged lines',
      ' 7',
      ' 8',
      ' 9',
      '-10',
      '+ten',
      ' 11',
      ' 12',
      ' 13',
      '~6 unchanged lines',
    ]);
  });
});

describe('changed words', () => {
  it('are marked where lines are alike', () => {
    expect(changedWords('tally(round(net), rate);', 'tally(multiply(net), rate);')).toEqual({
      before: [[6, 11]],
      after: [[6, 14]],
    });
  });

  it('are marked against the line they came from, not against its neighbour', () => {
    const lines = diffLines('const net = a * b;\ntally(round(net));', 'tally(multiply(net));');
    expect(lines.map((line) => ('marks' in line ? line.marks.length : 0))).toEqual([0, 1, 1]);
  });

  it('are not marked where everything changed', () => {
    expect(changedWords('const a = 1;', 'throw new TypeError(message)')).toBeNull();
  });
});

describe('patches', () => {
  it('of the Begin Patch form', () => {
    const files = filesOfPatch(
      '*** Begin Patch\n*** Update File: a.txt\n@@ def f\n keep\n-old\n+new\n*** Add File: b.txt\n+one\n*** Delete File: c.txt\n*** End Patch',
    );
    expect(files.map((file) => [file.path, file.action, show(file.lines)])).toEqual([
      ['a.txt', 'edit', ['~@@ def f', ' keep', '-old', '+new']],
      ['b.txt', 'new', ['+one']],
      ['c.txt', 'delete', []],
    ]);
  });

  it('of the unified form, with the file’s line numbers', () => {
    const [file] = filesOfPatch('--- a/x.ts\n+++ b/x.ts\n@@ -41,3 +41,3 @@ f()\n same\n-old\n+new\n');
    expect(file).toMatchObject({ path: 'x.ts', action: 'edit' });
    expect(file?.lines.slice(1, 3)).toMatchObject([
      { kind: 'same', oldNumber: 41, newNumber: 41 },
      { kind: 'del', oldNumber: 42 },
    ]);
  });
});

describe('the edits a call asks for', () => {
  it.each([
    ['Claude Code', 'Edit', { file_path: 'a.ts', old_string: 'x', new_string: 'y' }],
    ['opencode', 'edit', { filePath: 'a.ts', oldString: 'x', newString: 'y' }],
    ['Copilot CLI', 'edit', { path: 'a.ts', old_str: 'x', new_str: 'y' }],
    ['pi', 'edit', { path: 'a.ts', edits: [{ oldText: 'x', newText: 'y' }] }],
    ['Gemini CLI', 'replace', { file_path: 'a.ts', old_string: 'x', new_string: 'y' }],
  ])('as %s writes them', (_agent, name, args) => {
    const edits = editsOf(name, JSON.stringify(args));
    expect(edits.map((edit) => [edit.path, edit.action, show(edit.lines)])).toEqual([['a.ts', 'edit', ['-x', '+y']]]);
  });

  it('as a whole new file', () => {
    const edits = editsOf('Write', JSON.stringify({ file_path: 'n.txt', content: 'one\ntwo\n' }));
    expect(edits).toMatchObject([{ path: 'n.txt', action: 'new' }]);
    expect(countChanges(edits[0]?.lines ?? [])).toEqual({ added: 2, removed: 0 });
  });

  it('as a patch, bare or inside a shell command', () => {
    const patch = '*** Begin Patch\n*** Update File: note.txt\n@@\n-second\n+SECOND\n*** End Patch';
    expect(editsOf('apply_patch', patch)[0]?.path).toBe('note.txt');
    expect(editsOf('shell', JSON.stringify({ command: ['apply_patch', patch] }))[0]?.path).toBe('note.txt');
  });

  it('are none for calls that change nothing', () => {
    expect(editsOf('Read', JSON.stringify({ file_path: 'a.ts' }))).toEqual([]);
    expect(editsOf('Bash', 'not json')).toEqual([]);
    expect(editsOf('Bash', '[1,2]')).toEqual([]);
  });
});
