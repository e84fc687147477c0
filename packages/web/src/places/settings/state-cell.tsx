/** How a key or a server stands, in a few words with their colour. */
import { Check, CircleAlert, TriangleAlert } from 'lucide-react';
import { Dot } from '../../parts/dot.js';

export type StateTone = 'ok' | 'warn' | 'failed' | 'waiting' | 'unknown';

export function StateCell({ state: { tone, text } }: { state: { tone: StateTone; text: string } }) {
  return (
    <span className={tone === 'unknown' ? 'state ink3' : 'state'}>
      {tone === 'ok' ? <Check className="icon-s ok" aria-hidden="true" /> : null}
      {tone === 'warn' ? <TriangleAlert className="icon-s warn" aria-hidden="true" /> : null}
      {tone === 'failed' ? <CircleAlert className="icon-s failed" aria-hidden="true" /> : null}
      {tone === 'waiting' ? <Dot state="waiting" /> : null}
      {text}
    </span>
  );
}
