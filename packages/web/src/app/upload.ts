/** Sends a file ahead of its message. Only the old request of browsers tells how much has gone out. */
import { type ClientProblem, problemOf, unexpectedAnswerProblem, unreachableProblem } from '@taffrail/client';
import { type KeptFile, keptFileSchema } from '@taffrail/wire';
import { rest } from './api.js';

export interface Upload {
  /** `null` where it was given up. */
  done: Promise<{ file: KeptFile } | { problem: ClientProblem } | null>;
  abort: () => void;
}

/** `onShare` is told the part that has gone out, from 0 to 1. */
export function upload(sessionId: string, file: File, onShare: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<Awaited<Upload['done']>>((resolve) => {
    request.upload.onprogress = ({ loaded, total }) => onShare(total > 0 ? loaded / total : 0);
    request.onload = () => resolve(answerOf(request));
    request.onerror = () => resolve({ problem: unreachableProblem('the line was lost') });
    request.onabort = () => resolve(null);
    request.open('POST', rest.links.attachments(sessionId, file.name));
    request.send(file);
  });
  return { done, abort: () => request.abort() };
}

function answerOf({
  status,
  statusText,
  responseText,
}: XMLHttpRequest): { file: KeptFile } | { problem: ClientProblem } {
  const body = jsonOf(responseText);
  if (status < 200 || status >= 300) return { problem: problemOf(status, statusText, body) };
  const parsed = keptFileSchema.safeParse(body);
  return parsed.success ? { file: parsed.data } : { problem: unexpectedAnswerProblem(status, 'of an upload') };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
