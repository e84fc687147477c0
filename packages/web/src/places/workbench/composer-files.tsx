/** The files of a message that is being written: small pictures or a sign, how far each is, and what is wrong with it. */
import { CircleAlert, FileText, X } from 'lucide-react';
import { bytes } from '../../parts/format-number.js';
import type { DraftFile } from './draft-files.js';

type FilesProps = { files: readonly DraftFile[]; isLocked: boolean; onRemove: (key: string) => void };

export function ComposerFiles({ files, isLocked, onRemove }: FilesProps) {
  if (files.length === 0) return null;
  return (
    <ul className="draft-files" aria-label="Attached files">
      {files.map((file) => (
        <li key={file.key} className={file.state === 'failed' ? 'draft-file draft-file-bad' : 'draft-file'}>
          <Picture file={file} />
          <span className="draft-file-words">
            {file.state === 'failed' ? null : (
              <span className="trunc" title={file.name}>
                {file.name}
              </span>
            )}
            <Standing file={file} />
          </span>
          <button
            type="button"
            className="btn btn-quiet btn-s btn-icon"
            title={`Remove ${file.name}`}
            aria-label={`Remove ${file.name}`}
            disabled={isLocked}
            onClick={() => onRemove(file.key)}
          >
            <X className="icon-xs" aria-hidden="true" />
          </button>
          {file.state === 'sending' ? (
            <i className="draft-file-share" style={{ width: `${file.share * 100}%` }} />
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Picture({ file }: { file: DraftFile }) {
  if (file.state === 'failed') return <CircleAlert className="draft-file-sign bad" aria-hidden="true" />;
  if (file.preview === null) return <FileText className="draft-file-sign" aria-hidden="true" />;
  return <img className="draft-file-picture" src={file.preview} alt="" />;
}

function Standing({ file }: { file: DraftFile }) {
  switch (file.state) {
    case 'failed':
      return (
        <span className="draft-file-note bad" role="alert">
          {file.problem}
        </span>
      );
    case 'sending':
      return <span className="draft-file-note num">{Math.round(file.share * 100)} %</span>;
    case 'kept':
      return <span className="draft-file-note num">{bytes(file.sizeBytes)}</span>;
    default:
      return file satisfies never;
  }
}
