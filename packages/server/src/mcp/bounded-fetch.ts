/** `fetch` for a server that may send anything: an answer, or one event of a stream, has an end. */
import { messageBytesMax, TooMuchError } from './message-lines.js';

export async function boundedFetch(url: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.body) return response;
  const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counter(isStream)), { status, statusText, headers });
}

const [newline, carriageReturn] = [0x0a, 0x0d];

/** @param isStream An event ends with an empty line; without it the whole answer is one. */
function counter(isStream: boolean): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  let isLineEmpty = false;
  return new TransformStream({
    transform(chunk, controller) {
      for (const byte of isStream ? chunk : []) {
        bytes += 1;
        if (byte === newline && isLineEmpty) bytes = 0;
        if (byte === newline) isLineEmpty = true;
        else if (byte !== carriageReturn) isLineEmpty = false;
      }
      if (!isStream) bytes += chunk.length;
      if (bytes > messageBytesMax) controller.error(new TooMuchError('it sent an answer of more than 16 MB'));
      else controller.enqueue(chunk);
    },
  });
}
