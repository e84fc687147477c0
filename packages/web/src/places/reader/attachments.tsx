/** Files and images that came with a message or a result: images small, all of them opened on request. */
import type { Attachment } from '@taffrail/wire';
import { Paperclip } from 'lucide-react';
import { useState } from 'react';
import { rest } from '../../app/api.js';
import { bytes } from '../../parts/format-number.js';

export function Attachments({ list, sessionId }: { list: readonly Attachment[]; sessionId: string }) {
  return (
    <div className="attachments">
      {list.map((file, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same file may be attached twice
        <OneAttachment key={index} file={file} sessionId={sessionId} />
      ))}
    </div>
  );
}

// The server serves these as images, and only where they are.
const shown = /^image\/(png|jpeg|gif|webp)$/;

function OneAttachment({ file, sessionId }: { file: Attachment; sessionId: string }) {
  const [isBroken, setIsBroken] = useState(false);
  const name = file.name ?? file.mediaType;
  const sign = <Paperclip className="icon-xs" aria-hidden="true" />;
  if (!file.blob)
    return (
      <span className="chip">
        {sign}
        {name}, not kept in the log
      </span>
    );
  const href = rest.links.blob(sessionId, file.blob.hash);
  const label = `${name}, ${bytes(file.blob.sizeBytes)}`;
  const isImage = shown.test(file.mediaType) && !isBroken;
  return isImage ? (
    <a className="picture" href={href} target="_blank" rel="noopener noreferrer" title={label}>
      <img src={href} alt={name} loading="lazy" decoding="async" onError={() => setIsBroken(true)} />
    </a>
  ) : (
    <a className="chip" href={href} download={file.name ?? ''} title={label}>
      {sign}
      <span className="trunc">{label}</span>
    </a>
  );
}
