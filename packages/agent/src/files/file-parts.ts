/** A message's files as parts of a prompt: each with its name, as bytes or as text; in words where it cannot be shown. */
import type { LanguageModelV3FilePart, LanguageModelV3TextPart } from '@ai-sdk/provider';
import type { Attachment } from '@taffrail/wire';
import { nameOf, type ShownFiles, whyUnseen } from './shown-files.js';

type UserPart = LanguageModelV3TextPart | LanguageModelV3FilePart;

export function fileParts(attachments: readonly Attachment[], files: ShownFiles): UserPart[] {
  return attachments.flatMap((attachment) => partsOf(attachment, files));
}

function partsOf(attachment: Attachment, files: ShownFiles): UserPart[] {
  const name = nameOf(attachment);
  const file = attachment.blob ? files.get(attachment.blob.hash) : undefined;
  if (file?.kind === 'text')
    return [{ type: 'text', text: `<file name=${JSON.stringify(name)}>\n${file.text}\n</file>` }];
  if (file?.kind !== 'bytes')
    return [{ type: 'text', text: `(The file ${name} is not shown to you: ${whyUnseen(attachment, files)}.)` }];
  const { mediaType, bytes } = file;
  return [
    { type: 'text', text: `${name}:` },
    { type: 'file', mediaType, data: bytes, filename: name },
  ];
}
