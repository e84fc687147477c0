/** Whole Codex threads, each kind with the trap it sets for whoever adds running totals up. */
import type { SessionPlan } from './claude-traps.js';
import { type CodexEra, Rollout, type RolloutOptions } from './codex-rollout.js';
import type { LogFile } from './log-file.js';
import type { Workshop } from './workshop.js';

type Kind = (workshop: Workshop, plan: SessionPlan) => void;

export const codexKinds: readonly { weight: number; write: Kind }[] = [
  { weight: 35, write: (workshop, plan) => plain(workshop, plan, 'records') },
  { weight: 27, write: (workshop, plan) => plain(workshop, plan, 'totals') },
  { weight: 8, write: resumed },
  { weight: 6, write: forkReferring },
  { weight: 5, write: forkReplaying },
  { weight: 8, write: withSubAgent },
  { weight: 4, write: subAgentReplaying },
  { weight: 3, write: archived },
  { weight: 4, write: compacted },
];

interface Opened {
  file: LogFile;
  rollout: Rollout;
}

function open(
  workshop: Workshop,
  at: number,
  more: Partial<RolloutOptions> & { era: CodexEra },
  folder = 'sessions',
): Opened {
  const id = more.id ?? workshop.random.timedUuid(at);
  const time = new Date(at).toISOString();
  const day = folder === 'sessions' ? `/${time.slice(0, 10).replaceAll('-', '/')}` : '';
  const file = workshop.file(`.codex/${folder}${day}/rollout-${time.slice(0, 19).replaceAll(':', '-')}-${id}.jsonl`);
  return { file, rollout: new Rollout(workshop, file, { cwd: workshop.project(), at, ...more, id }) };
}

function fill(rollout: Rollout, bytes: number): void {
  do rollout.turn();
  while (rollout.bytes < bytes);
}

function plain(workshop: Workshop, plan: SessionPlan, era: CodexEra, folder?: string): void {
  const { file, rollout } = open(workshop, plan.at, { era }, folder);
  fill(rollout, plan.bytes);
  file.close();
}

function archived(workshop: Workshop, plan: SessionPlan): void {
  plain(workshop, plan, workshop.random.pick<CodexEra>(['records', 'totals']), 'archived_sessions');
}

/** Resumed: the totals are stated again; old versions then count from nothing. */
function resumed(workshop: Workshop, plan: SessionPlan): void {
  const { file, rollout } = open(workshop, plan.at, { era: workshop.random.pick<CodexEra>(['records', 'totals']) });
  fill(rollout, plan.bytes / 2);
  rollout.wait(80_000_000);
  const last = rollout.counted.at(-1);
  if (last) rollout.state(last.totals, last.last);
  if (rollout.options.era === 'totals') rollout.totals = null;
  fill(rollout, plan.bytes);
  file.close();
}

/** A new fork holds no copy; its totals go on from the parent's. */
function forkReferring(workshop: Workshop, plan: SessionPlan): void {
  const parent = open(workshop, plan.at, { era: 'records' });
  fill(parent.rollout, plan.bytes / 2);
  const { id, cwd } = parent.rollout.options;
  const origin = {
    forked_from_id: id,
    history_base: { thread_id: id, end_ordinal_exclusive: 23, end_byte_offset: parent.rollout.bytes },
  };
  const totals = parent.rollout.totals ? { totals: parent.rollout.totals } : {};
  const fork = open(workshop, parent.rollout.at + 5_000, { era: 'records', cwd, origin, ...totals });
  fill(fork.rollout, plan.bytes / 2);
  fill(parent.rollout, parent.rollout.bytes + plan.bytes / 8);
  fork.file.close();
  parent.file.close();
}

/** An old fork replays the parent's totals, stamped anew. */
function forkReplaying(workshop: Workshop, plan: SessionPlan): void {
  const parent = open(workshop, plan.at, { era: 'totals' });
  fill(parent.rollout, plan.bytes / 2);
  parent.file.close();
  const { id, cwd } = parent.rollout.options;
  const fork = open(workshop, parent.rollout.at + 5_000, { era: 'totals', cwd, origin: { forked_from_id: id } });
  replay(fork.rollout, parent.rollout, 700);
  fill(fork.rollout, plan.bytes / 2);
  fork.file.close();
}

const spawnedBy = (parentId: string) => ({
  source: { subagent: { thread_spawn: { parent_thread_id: parentId, depth: 1, agent_nickname: 'Scout' } } },
});

function withSubAgent(workshop: Workshop, plan: SessionPlan): void {
  const parent = open(workshop, plan.at, { era: 'records' });
  fill(parent.rollout, plan.bytes / 2);
  const { id, cwd } = parent.rollout.options;
  const origin = { ...spawnedBy(id), session_id: id, parent_thread_id: id };
  const agent = open(workshop, parent.rollout.at, { era: 'records', cwd, origin });
  fill(agent.rollout, plan.bytes / 3);
  parent.rollout.at = agent.rollout.at;
  fill(parent.rollout, plan.bytes);
  agent.file.close();
  parent.file.close();
}

/** An old sub-agent replays its parent within the second in which it is made, and goes on from its totals. */
function subAgentReplaying(workshop: Workshop, plan: SessionPlan): void {
  const parent = open(workshop, plan.at, { era: 'totals' });
  fill(parent.rollout, plan.bytes / 2);
  parent.file.close();
  const { id, cwd } = parent.rollout.options;
  const agent = open(workshop, parent.rollout.at + 1_000, { era: 'totals', cwd, origin: spawnedBy(id) });
  replay(agent.rollout, parent.rollout, 1);
  agent.rollout.wait(30_000);
  fill(agent.rollout, plan.bytes / 3);
  agent.file.close();
}

// A replay is compressed in time: the longest still fits into a moment.
const replayedMax = 400;

function replay(into: Rollout, from: Rollout, stepMs: number): void {
  for (const { totals, last } of from.counted.slice(0, replayedMax)) {
    into.at += stepMs;
    into.state(totals, last);
    into.totals = totals;
  }
}

/** A compaction states an estimate that is no usage. */
function compacted(workshop: Workshop, plan: SessionPlan): void {
  const { file, rollout } = open(workshop, plan.at, { era: 'records' });
  fill(rollout, plan.bytes / 2);
  rollout.write('compacted', { message: workshop.text('prose', 3_000, 0.4) });
  const nothing = {
    input_tokens: 0,
    cached_input_tokens: 0,
    cache_write_input_tokens: 0,
    output_tokens: 0,
    reasoning_output_tokens: 0,
  };
  if (rollout.totals) rollout.state(rollout.totals, { ...nothing, total_tokens: 6_875 });
  fill(rollout, plan.bytes);
  file.close();
}
