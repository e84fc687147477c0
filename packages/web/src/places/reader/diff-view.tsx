/** What a call changes in one file. Sign and ground both say what came and went. */
import type { DiffLine, FileEdit } from '@taffrail/session';
import { useMemo, useState } from 'react';
import { counted } from '../../parts/format-number.js';
import { ColouredLine } from './coloured-line.js';
import { useTokens } from './highlight.js';
import type { CodeToken } from './highlight-worker.js';
import { type Language, languageOf } from './languages.js';
import { relative } from './tool-summary.js';

/** Lines shown before "show all". */
const linesMax = 40;

const actionWords: Record<FileEdit['action'], string> = { edit: '', new: 'new file · ', delete: 'deleted · ' };

export function DiffView({ edit, cwd }: { edit: FileEdit; cwd: string | null }) {
  const [showAll, setShowAll] = useState(false);
  const language = languageOf(edit.path);
  const old = useSide(edit.lines, 'add', language);
  const now = useSide(edit.lines, 'del', language);
  const lines = showAll ? edit.lines : edit.lines.slice(0, linesMax);
  const hidden = edit.lines.length - lines.length;
  return (
    <div className="diff">
      <div className="h">
        <i />
        <s />
        <span>
          {actionWords[edit.action]}
          {relative(edit.path, cwd)}
        </span>
      </div>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a diff have no identity but their place
        <DiffRow key={index} line={line} tokens={(line.kind === 'del' ? old : now).get(line)} />
      ))}
      {hidden > 0 ? (
        <button type="button" className="more" onClick={() => setShowAll(true)}>
          {counted(hidden, 'more line')}
        </button>
      ) : null}
    </div>
  );
}

/** Tokens of one side's lines: code is coloured as a whole, so that comments over several lines come out right. */
function useSide(lines: readonly DiffLine[], other: 'add' | 'del', language: Language | null) {
  const side = useMemo(() => lines.filter((line) => line.kind !== other && line.kind !== 'gap'), [lines, other]);
  const code = useMemo(() => side.map((line) => line.text).join('\n'), [side]);
  const tokens = useTokens(code, language);
  return useMemo(
    () => new Map<DiffLine, CodeToken[]>(tokens ? side.map((line, index) => [line, tokens[index] ?? []]) : []),
    [side, tokens],
  );
}

function DiffRow({ line, tokens }: { line: DiffLine; tokens: CodeToken[] | undefined }) {
  switch (line.kind) {
    case 'gap':
      return (
        <div className="h">
          <i />
          <s />
          <span>{line.text}</span>
        </div>
      );
    case 'same':
      return (
        <div>
          <i>{line.newNumber || ''}</i>
          <s />
          <span>
            <ColouredLine text={line.text} tokens={tokens} />
          </span>
        </div>
      );
    default: {
      const isAdd = line.kind === 'add';
      return (
        <div className={isAdd ? 'a' : 'd'}>
          <i>{(isAdd ? line.newNumber : line.oldNumber) ?? ''}</i>
          <s>{isAdd ? '+' : '−'}</s>
          <span>
            <ColouredLine text={line.text} tokens={tokens} marks={line.marks} />
          </span>
        </div>
      );
    }
  }
}
