/** What a collector's answer means, as OTLP over HTTP says. */
import { z } from 'zod';

export type Sent =
  /** `rejected`: how many it left out, as it said, and why. */
  | { kind: 'taken'; rejected: number; why: string }
  /** Not now: it is worth trying again. `isBusy`: it said so itself. */
  | { kind: 'away'; why: string; isBusy: boolean; retryAfterMs: number | null }
  /** Not like this: trying again changes nothing. */
  | { kind: 'refused'; why: string };

const passing = new Set([429, 502, 503, 504]);
const bodyBytesMax = 64 * 1024;
const reasonMax = 200;

const partialSchema = z.object({
  partialSuccess: z.object({
    rejectedSpans: z.coerce.number().int().nonnegative().catch(0),
    errorMessage: z.string().catch(''),
  }),
});

/** @throws Error where the line breaks before the answer is over. */
export async function answerTo(response: Response, sent: number, now: number): Promise<Sent> {
  const body = await textOf(response);
  if (response.ok) return taken(body, sent);
  const isRedirect = response.status >= 300 && response.status < 400;
  const why = `the collector answered ${response.status}${isRedirect ? ', a redirect, which is not followed' : ''}`;
  if (!passing.has(response.status)) return { kind: 'refused', why };
  return { kind: 'away', why, isBusy: true, retryAfterMs: retryAfter(response.headers.get('retry-after'), now) };
}

function taken(body: string, sent: number): Sent {
  const all: Sent = { kind: 'taken', rejected: 0, why: '' };
  try {
    const partial = partialSchema.safeParse(JSON.parse(body));
    if (!partial.success) return all;
    const { rejectedSpans, errorMessage } = partial.data.partialSuccess;
    return { ...all, rejected: Math.min(rejectedSpans, sent), why: plain(errorMessage) };
  } catch {
    return all;
  }
}

/** A foreign sentence on its way to a terminal. */
function plain(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, reasonMax);
}

/** Seconds, or a date. */
function retryAfter(text: string | null, now: number): number | null {
  if (text === null || text.trim() === '') return null;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/** As far as anybody reads it: a collector has little to say. */
async function textOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    bytes += piece.byteLength;
    if (bytes > bodyBytesMax) break;
  }
  return Buffer.concat(pieces).toString('utf8', 0, bodyBytesMax);
}
