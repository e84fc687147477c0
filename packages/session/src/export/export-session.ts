/** A session as a file, in the formats that are made from its items. */
import { unreachable } from '@taffrail/wire';
import { htmlFormat } from './html.js';
import { jsonTranscript } from './json.js';
import { markdownFormat } from './markdown.js';
import { type ItemPages, type TranscriptHead, transcript } from './transcript.js';

export const exportFormats = ['md', 'html', 'json'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The file in pieces, in order. Pages of items are asked for as the pieces are taken. */
export function exportSession(format: ExportFormat, head: TranscriptHead, pages: ItemPages): AsyncGenerator<string> {
  switch (format) {
    case 'md':
      return transcript(markdownFormat, head, pages);
    case 'html':
      return transcript(htmlFormat, head, pages);
    case 'json':
      return jsonTranscript(head, pages);
    default:
      return unreachable(format);
  }
}
