/** One file that differs, with its diff when it is opened. */
import { filesOfPatch } from '@taffrail/session';
import type { FolderChanges } from '@taffrail/wire';
import { ChevronRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import { DiffView } from '../reader/diff-view.js';
import { LineCount } from './line-counts.js';

type Changed = NonNullable<FolderChanges['files']>[number];

const marks = { added: 'A', changed: 'M', deleted: 'D' } as const;
const actions = { added: 'new', changed: 'edit', deleted: 'delete' } as const;

export function ChangedFile({ file }: { file: Changed }) {
  const [isOpen, setIsOpen] = useState(false);
  const { path, status, added, removed, patch } = file;
  const notShown = patch === null ? 'There is no diff: it is not a text, or too long' : undefined;
  return (
    <>
      <button
        type="button"
        className="change"
        aria-expanded={isOpen}
        disabled={patch === null}
        title={notShown ?? path}
        onClick={() => setIsOpen(!isOpen)}
      >
        {patch === null ? <span /> : <ChevronRight className="icon-xs chev" aria-hidden="true" />}
        <span className={`mark-${status}`} title={status}>
          {marks[status]}
        </span>
        <span className="mono trunc">
          {/* The end of a path tells more than its beginning. */}
          <bdi>{path}</bdi>
        </span>
        <span className="num change-n">
          <LineCount count={added} sign="+" />
        </span>
        <span className="num change-n">
          <LineCount count={removed} sign="−" />
        </span>
      </button>
      {isOpen && patch !== null ? <FileDiff path={path} patch={patch} action={actions[status]} /> : null}
    </>
  );
}

function FileDiff({ path, patch, action }: { path: string; patch: string; action: 'new' | 'edit' | 'delete' }) {
  const edit = useMemo(
    () => ({ path, action, lines: filesOfPatch(patch).flatMap(({ lines }) => lines) }),
    [path, patch, action],
  );
  return (
    <div className="change-diff">
      <DiffView edit={edit} cwd={null} />
    </div>
  );
}
