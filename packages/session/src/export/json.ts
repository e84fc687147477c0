/** A session as one JSON document: what is known of it, what it spent, and its items. */
import type { ItemPages, TranscriptHead } from './transcript.js';

/** `{session, usage, items}` in pieces, one item to a line, so that its length does not matter. */
export async function* jsonTranscript({ session, usage }: TranscriptHead, pages: ItemPages): AsyncGenerator<string> {
  yield `{"session":${JSON.stringify(session)},\n"usage":${JSON.stringify(usage)},\n"items":[`;
  let separator = '\n';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield separator + page.map((item) => JSON.stringify(item)).join(',\n');
    separator = ',\n';
  }
  yield '\n]}\n';
}
