/** The folders that are read: what was found in each, when, and what stood in the way. */
import type { ImportProblem, ImportRoot, ImportStatus } from '@taffrail/wire';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Check, Minus, RefreshCw, TriangleAlert } from 'lucide-react';
import { Fragment, useState } from 'react';
import { answerOf, problemFrom, queryClient, rest } from '../../app/api.js';
import { useNow } from '../../app/clock.js';
import { importQuery } from '../../app/queries.js';
import { Unknown } from '../../parts/figure.js';
import { bytes, counted, exactNumber } from '../../parts/format-number.js';
import { tildePath } from '../../parts/format-path.js';
import { ago, exactTime } from '../../parts/format-time.js';
import { Glyph } from '../../parts/glyph.js';
import { AfterDelay, Failed, Skeleton } from '../../parts/states.js';
import { ProblemList } from './problem-list.js';
import { hasNotes, inOrder, problemsOf, recordsWords } from './roots.js';

export function ImportSection() {
  const status = useQuery(importQuery);
  return (
    <section id="import" className="set-sec">
      <div className="row set-h">
        <h2>Import roots</h2>
        {status.data ? <Sum status={status.data} /> : null}
        <span className="grow" />
        <LookAgain isRunning={status.data?.state === 'importing'} />
      </div>
      {status.data?.error ? (
        <p className="banner banner-error in-place" role="alert">
          <TriangleAlert className="icon-s" aria-hidden="true" />
          {status.data.error}
        </p>
      ) : null}
      {status.data ? (
        <Roots status={status.data} />
      ) : status.isError ? (
        <Failed
          what="The import roots could not be loaded"
          problem={problemFrom(status.error)}
          onRetry={() => void status.refetch()}
        />
      ) : (
        <AfterDelay>
          <Skeleton width="100%" height={210} />
        </AfterDelay>
      )}
    </section>
  );
}

function Sum({ status }: { status: ImportStatus }) {
  const total = (field: 'sessions' | 'files' | 'bytes') => status.roots.reduce((sum, root) => sum + root[field], 0);
  return (
    <span className="xs ink3">
      {counted(total('sessions'), 'session')} · {counted(total('files'), 'file')} · {bytes(total('bytes'))} read,
      nothing written
    </span>
  );
}

function LookAgain({ isRunning }: { isRunning: boolean }) {
  const run = useMutation({
    mutationFn: () => answerOf(rest.runImport()),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['import'] }),
  });
  return (
    <>
      {run.isError ? <span className="xs ink2">{problemFrom(run.error).title}</span> : null}
      <button type="button" className="btn btn-s" disabled={isRunning || run.isPending} onClick={() => run.mutate()}>
        <RefreshCw className="icon-xs" aria-hidden="true" />
        {isRunning ? 'Reading' : 'Look again'}
      </button>
    </>
  );
}

function Roots({ status }: { status: ImportStatus }) {
  const now = useNow(10_000);
  const [shown, setShown] = useState<string | null>(null);
  return (
    <div className="framed">
      <table className="tbl tbl-roots">
        <thead>
          <tr>
            <th>Agent</th>
            <th>Folder</th>
            <th className="num">Sessions</th>
            <th className="num">Files</th>
            <th className="num">Size</th>
            <th className="num">Last import</th>
            <th>State</th>
          </tr>
        </thead>
        <tbody>
          {inOrder(status.roots).map((root) => {
            const key = `${root.agent}:${root.path}`;
            const problems = problemsOf(root, status.problems);
            return (
              <Fragment key={key}>
                <RootRow root={root} now={now} />
                <Notes
                  root={root}
                  problems={problems}
                  isShown={shown === key}
                  onShow={() => setShown(shown === key ? null : key)}
                />
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function RootRow({ root, now }: { root: ImportRoot; now: Date }) {
  return (
    <tr className={hasNotes(root) ? 'nob' : undefined}>
      <td>
        <span className="row">
          <Glyph agent={root.agent} />
          <span className="trunc">{root.label}</span>
        </span>
      </td>
      <td className="mono ink2" title={root.path}>
        {tildePath(root.path)}
      </td>
      {root.exists ? (
        <>
          <td className="num">{exactNumber(root.sessions)}</td>
          <td className="num ink2">{exactNumber(root.files)}</td>
          <td className="num ink2">{bytes(root.bytes)}</td>
          <td className="num ink2" title={root.lastImportAt ? exactTime(root.lastImportAt) : undefined}>
            {root.lastImportAt ? ago(root.lastImportAt, now) : 'not yet'}
          </td>
        </>
      ) : (
        <>
          <td className="num">
            <Unknown why="There is no such folder on this machine" />
          </td>
          <td colSpan={3} />
        </>
      )}
      <td>
        <RootState root={root} />
      </td>
    </tr>
  );
}

function RootState({ root }: { root: ImportRoot }) {
  if (!root.exists) {
    return (
      <span className="state ink3">
        <Minus className="icon-s" aria-hidden="true" />
        Not found
      </span>
    );
  }
  if (root.problems > 0) {
    return (
      <span className="state">
        <TriangleAlert className="icon-s warn" aria-hidden="true" />
        {counted(root.problems, 'problem')}
      </span>
    );
  }
  return (
    <span className="state">
      <Check className="icon-s ok" aria-hidden="true" />
      {root.lastImportAt ? 'Watching' : 'Found'}
    </span>
  );
}

type NotesProps = { root: ImportRoot; problems: ImportProblem[]; isShown: boolean; onShow: () => void };

/** Under a root: what its agent never records, and what could not be read. */
function Notes({ root, problems, isShown, onShow }: NotesProps) {
  if (!hasNotes(root)) return null;
  const records = recordsWords(root);
  const hasProblems = root.problems > 0;
  return (
    <tr className="problem">
      <td colSpan={7}>
        {records ? <p className="note-plain">{records}</p> : null}
        {hasProblems ? (
          <>
            <div>
              <TriangleAlert className="icon-s" aria-hidden="true" />
              <span className="grow">
                {counted(root.problems, 'thing')} could not be read. Everything else in these files is imported.
              </span>
              <button type="button" className="link" aria-expanded={isShown} onClick={onShow}>
                {isShown ? 'Hide them' : 'Show them'}
              </button>
            </div>
            {isShown ? <ProblemList problems={problems} /> : null}
          </>
        ) : null}
      </td>
    </tr>
  );
}
