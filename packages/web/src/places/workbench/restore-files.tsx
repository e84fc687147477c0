/** Which files a restore would change, and which it leaves alone. */
import type { FileToRestore, RewindPreview } from '@taffrail/wire';
import { TriangleAlert } from 'lucide-react';
import { counted } from '../../parts/format-number.js';
import { LineCounts } from './line-counts.js';

type KeptFiles = Extract<RewindPreview['files'], { state: 'kept' }>;

const words: Record<FileToRestore['status'], string> = { added: 'comes back', changed: 'put back', deleted: 'removed' };

export function RestoreFiles({ files }: { files: KeptFiles }) {
  const edited = files.files.filter(({ isEditedElsewhere }) => isEditedElsewhere);
  const hidden = files.count - files.files.length;
  return (
    <>
      {files.count === 0 ? (
        <p className="xs ink2">The turns that go have changed no file: all stay as they are.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long list is scrolled with the keyboard
        <section className="restore-list" tabIndex={0} aria-label="Files">
          <table className="files">
            <tbody>
              {files.files.map((file) => (
                <tr key={file.path}>
                  <td className="mono trunc" title={file.path}>
                    <bdi>{file.path}</bdi>
                  </td>
                  <td className="restore-what ink3">{words[file.status]}</td>
                  <LineCounts added={file.added} removed={file.removed} />
                </tr>
              ))}
            </tbody>
          </table>
          {hidden > 0 ? <p className="xs ink3">and {counted(hidden, 'more file')}</p> : null}
        </section>
      )}
      {edited.length > 0 ? (
        <Note>
          <Names paths={edited.map(({ path }) => path)} /> {edited.length === 1 ? 'was' : 'were'} also changed outside
          this session. That goes too; an undo brings it back.
        </Note>
      ) : null}
      {files.leftCount > 0 ? <Left left={files.left} count={files.leftCount} /> : null}
    </>
  );
}

/** By their reasons, so that a hundred files are not a hundred sentences. */
function Left({ left, count }: { left: KeptFiles['left']; count: number }) {
  const reasons = [...new Set(left.map(({ why }) => why))];
  return (
    <>
      {reasons.map((why) => {
        const paths = left.filter((one) => one.why === why).map(({ path }) => path);
        return (
          <Note key={why}>
            <Names paths={paths} /> {paths.length === 1 ? 'is' : 'are'} left alone: {why}.
          </Note>
        );
      })}
      {count > left.length ? (
        <p className="xs ink3">and {counted(count - left.length, 'more file')} left alone</p>
      ) : null}
    </>
  );
}

const namesMax = 3;

function Names({ paths }: { paths: readonly string[] }) {
  const rest = paths.length - namesMax;
  return (
    <>
      {paths.slice(0, namesMax).map((path, index) => (
        <span key={path}>
          {index === 0 ? '' : ', '}
          <span className="mono">{path}</span>
        </span>
      ))}
      {rest > 0 ? ` and ${rest} more` : ''}
    </>
  );
}

function Note({ children }: { children: React.ReactNode }) {
  return (
    <p className="restore-note xs">
      <TriangleAlert className="icon-xs" aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}
