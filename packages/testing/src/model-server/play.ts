/** Sends a reply's chunks, with the gates and troubles that it asks for at the places it asks for. */
import type { Point, Reply } from './reply.js';
import type { WireChunk } from './wire-format.js';

export type Ending = 'finished' | 'failed' | 'broken' | 'gone';

/** What the player does to the world. Those that answer a boolean say false when the client is gone. */
export interface Stage {
  send(chunk: WireChunk): Promise<boolean>;
  pause(ms: number): Promise<boolean>;
  gate(name: string): Promise<boolean>;
  stall(): Promise<boolean>;
  /** The events that tell of an error, after `sent` chunks. */
  errorEvents(sent: number): string;
}

interface Progress {
  sent: number;
  deltas: number;
  next: WireChunk['kind'];
}

type Act = { at: Point } & ({ does: 'garbage' | 'stall' | 'error' | 'break' } | { does: 'gate'; name: string });

const garbage = 'event: \u0000\nthis is no field of an event\ndata: {"type": "content_blo\n\n';

/** Plays to the end, or to what ends it before; resolves with which it was. */
export async function play(chunks: Iterable<WireChunk>, reply: Reply, stage: Stage): Promise<Ending> {
  let acts = actsOf(reply);
  let sent = 0;
  let deltas = 0;
  for (const chunk of chunks) {
    const progress: Progress = { sent, deltas, next: chunk.kind };
    for (const act of acts.filter(({ at }) => reached(at, progress))) {
      const ending = await perform(act, sent, stage);
      if (ending) return ending;
    }
    acts = acts.filter(({ at }) => !reached(at, progress));
    const waits = chunk.kind === 'delta' && reply.delayMs !== undefined;
    if (waits && !(await stage.pause(reply.delayMs ?? 0))) return 'gone';
    if (!(await stage.send(chunk))) return 'gone';
    sent++;
    if (chunk.kind === 'delta') deltas++;
  }
  return 'finished';
}

function actsOf(reply: Reply): Act[] {
  const { garbageAfter, stallAfter, errorAfter, breakAfter } = reply;
  const acts: Act[] = (reply.gates ?? []).map((gate) => ({ ...gate, does: 'gate' }));
  if (garbageAfter !== undefined) acts.push({ at: garbageAfter, does: 'garbage' });
  if (stallAfter !== undefined) acts.push({ at: stallAfter, does: 'stall' });
  if (errorAfter !== undefined) acts.push({ at: errorAfter, does: 'error' });
  if (breakAfter !== undefined) acts.push({ at: breakAfter, does: 'break' });
  return acts;
}

function reached(point: Point, { deltas, next }: Progress): boolean {
  if (point === 'start') return next !== 'opening';
  return next === 'closing' || (point !== 'end' && deltas >= point);
}

async function perform(act: Act, sent: number, stage: Stage): Promise<Ending | null> {
  switch (act.does) {
    case 'gate':
      return (await stage.gate(act.name)) ? null : 'gone';
    case 'garbage':
      return (await stage.send({ kind: 'frame', data: garbage })) ? null : 'gone';
    case 'stall':
      return (await stage.stall()) ? null : 'gone';
    case 'error':
      return (await stage.send({ kind: 'closing', data: stage.errorEvents(sent) })) ? 'failed' : 'gone';
    case 'break':
      return 'broken';
  }
}
