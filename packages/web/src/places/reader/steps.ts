/**
 * The ledger: which request stands beside which block, and how long its step took.
 * A step is what one request produced: thinking, text and calls, until results or a person answer.
 */
import type { UsageRequest } from '@taffrail/wire';
import type { Block } from './blocks.js';

/** `ms` is from the entry before the step to the step's last entry; `null` where the log does not show it. */
export type LedgerEntry = { requests: UsageRequest[]; ms: number | null };

type Step = {
  turnId: string | null;
  step: number | null;
  first: Block;
  lastSeq: number;
  lastAt: string;
  sinceAt: string | null;
};

/** Longer is a pause of the machine, not the model's time. */
const stepMsMax = 3_600_000;

/** Ledger entries by the key of the step's first block. Requests outside the loaded stretch are left out. */
export function ledgerOf(blocks: readonly Block[], requests: readonly UsageRequest[]): Map<string, LedgerEntry> {
  const steps = stepsOf(blocks);
  const entries = new Map<string, LedgerEntry>();
  const byName = new Map(steps.flatMap((step) => (step.step === null ? [] : [[nameOf(step), step] as const])));
  for (const request of requests) {
    const named = request.step == null ? undefined : byName.get(nameOf({ ...request, step: request.step }));
    const step = named ?? stepBefore(steps, request);
    if (!step) continue;
    const entry = entries.get(step.first.key) ?? { requests: [], ms: msOf(step) };
    entry.requests.push(request);
    entries.set(step.first.key, entry);
  }
  return entries;
}

function nameOf(step: { turnId: string | null; step: number | null }): string {
  return `${step.turnId}\n${step.step}`;
}

function isMade(block: Block): boolean {
  return block.kind === 'thinking' || block.kind === 'prose' || (block.kind === 'tool' && block.call !== null);
}

function stepsOf(blocks: readonly Block[]): Step[] {
  const steps: Step[] = [];
  let current: Step | null = null;
  let answeredAt = Number.POSITIVE_INFINITY;
  let before: string | null = null;
  for (const block of blocks) {
    if (block.kind === 'ask' || block.kind === 'attempt' || block.kind === 'budget') continue;
    if (!isMade(block)) {
      current = null;
      before = block.at;
      continue;
    }
    const isNew =
      current === null ||
      current.turnId !== block.turnId ||
      (block.step === null || current.step === null ? block.seq > answeredAt : block.step !== current.step);
    if (isNew || current === null) {
      current = { turnId: block.turnId, step: block.step, first: block, lastSeq: 0, lastAt: block.at, sinceAt: before };
      steps.push(current);
      answeredAt = Number.POSITIVE_INFINITY;
    }
    current.lastSeq = block.seq;
    current.lastAt = block.at;
    before = block.at;
    if (block.kind === 'tool' && block.result) {
      answeredAt = Math.min(answeredAt, block.result.seq);
      before = block.result.at;
    }
  }
  return steps;
}

/** Without a step number: the last step of its turn that began before the request's record was written. */
function stepBefore(steps: readonly Step[], request: UsageRequest): Step | undefined {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.first.seq ?? 0) > request.seq) high = middle;
    else low = middle + 1;
  }
  const step = steps[low - 1];
  return request.turnId === null || step?.turnId === request.turnId ? step : undefined;
}

function msOf(step: Step): number | null {
  if (step.sinceAt === null) return null;
  const ms = new Date(step.lastAt).getTime() - new Date(step.sinceAt).getTime();
  return ms > 0 && ms < stepMsMax ? ms : null;
}
