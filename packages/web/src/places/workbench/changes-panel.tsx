/** The files that differ since the session began, as its log last told. */
import type { FileChanges } from '@taffrail/wire';
import { GitBranch } from 'lucide-react';
import { Unknown } from '../../parts/figure.js';
import { counted } from '../../parts/format-number.js';
import { Blank } from '../../parts/states.js';

const marks = { added: 'A', changed: 'M', deleted: 'D', renamed: 'R' } as const;

export function ChangesPanel({ changes }: { changes: FileChanges | null }) {
  if (!changes || changes.files.length === 0) {
    return (
      <div className="px-4">
        <Blank fact="No changes since the session began">
          Files that the agent writes show up here after each turn.
        </Blank>
      </div>
    );
  }
  const { branch, files } = changes;
  return (
    <div className="panel-scroll">
      <section className="sec">
        <div className="sec-h">
          <h2>{counted(files.length, 'file')}</h2>
          {branch === null ? null : (
            <span className="end row mono">
              <GitBranch className="icon-xs" aria-hidden="true" />
              {branch}
            </span>
          )}
        </div>
        <table className="files">
          <tbody>
            {files.map((file) => (
              <tr key={file.path}>
                <td className="files-mark" title={file.status}>
                  <span className={`mark-${file.status}`}>{marks[file.status]}</span>
                </td>
                <td className="mono trunc" title={file.path}>
                  {/* The end of a path tells more than its beginning. */}
                  <bdi>{file.path}</bdi>
                </td>
                <td className="num files-n">
                  <Lines count={file.added} sign="+" className="plus" />
                </td>
                <td className="num files-n">
                  <Lines count={file.removed} sign="−" className="minus" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Lines({ count, sign, className }: { count: number | null; sign: string; className: string }) {
  if (count === null) return <Unknown why="Git counts no lines here: the file is new to it, or not a text" />;
  return count === 0 ? null : (
    <span className={className}>
      {sign}
      {count}
    </span>
  );
}
