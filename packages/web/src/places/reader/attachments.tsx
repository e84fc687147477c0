/** Files and images that came with a message or a result: named, opened on request, never loaded by themselves. */
import type { Attachment } from '@taffrail/wire';
import { Paperclip } from 'lucide-react';
import { rest } from '../../app/api.js';
import { bytes } from '../../parts/format-number.js';

export function Attachments({ list, sessionId }: { list: readonly Attachment[]; sessionId: string }) {
  return (
    <div className="attachments">
      {list.map((file, index) => {
        const label = (
          <>
            <Paperclip className="icon-xs" aria-hidden="true" />
            {file.name ?? file.mediaType}
            {file.blob ? `, ${bytes(file.blob.sizeBytes)}` : ', not kept in the log'}
          </>
        );
        return file.blob ? (
          <a
            // biome-ignore lint/suspicious/noArrayIndexKey: the same file may be attached twice
            key={index}
            className="chip"
            href={rest.links.blob(sessionId, file.blob.hash)}
            target="_blank"
            rel="noopener noreferrer"
          >
            {label}
          </a>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same file may be attached twice
          <span key={index} className="chip">
            {label}
          </span>
        );
      })}
    </div>
  );
}
