/** How a server proves to whoever holds its token that it holds it too, without saying it. */
import { createHmac, randomBytes } from 'node:crypto';
import { same } from '../http/access.js';

export const proofHeader = 'taffrail-proof';

interface Challenge {
  token: string;
  nonce: string;
  /** By which name it was called: an answer to one name is worth nothing under another. */
  host: string;
}

export const newNonce = (): string => randomBytes(24).toString('base64url');

export function proofOf({ token, nonce, host }: Challenge): string {
  return createHmac('sha256', token).update(`${nonce}\n${host.toLowerCase()}`).digest('base64url');
}

export function isProven(proof: string | null, challenge: Challenge): boolean {
  return proof !== null && same(proof, proofOf(challenge));
}
