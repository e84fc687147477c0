/** Whole Claude Code sessions, each kind with the trap it sets for whoever adds lines up. */
import { type ClaudeOptions, ClaudeSession } from './claude-session.js';
import type { ClaudeVersion } from './claude-usage.js';
import type { LogFile } from './log-file.js';
import type { Workshop } from './workshop.js';

export interface SessionPlan {
  at: number;
  /** How long the session's own file becomes, in bytes. */
  bytes: number;
}

const models = ['claude-sonnet-4-5-20250929', 'claude-opus-4-5-20251101', 'claude-haiku-4-5-20251001'] as const;
const newest: readonly ClaudeVersion[] = ['2.1.328', '2.1.328', '2.1.197'];
const folderOf = (cwd: string): string => `.claude/projects/${cwd.replaceAll('/', '-')}`;

type Kind = (workshop: Workshop, plan: SessionPlan) => void;

/** In the order in which a small corpus meets them; weights say how common they are in a large one. */
export const claudeKinds: readonly { weight: number; write: Kind }[] = [
  { weight: 55, write: (workshop, plan) => plain(workshop, plan, workshop.random.pick([...newest, '2.0.45'])) },
  { weight: 12, write: (workshop, plan) => plain(workshop, plan, '1.0.127') },
  { weight: 9, write: withSubAgents },
  { weight: 4, write: withSidechain },
  { weight: 6, write: resumedElsewhere },
  { weight: 5, write: forked },
  { weight: 2, write: withSideQuestion },
  { weight: 3, write: withOddities },
  { weight: 4, write: compacted },
];

interface Opened {
  file: LogFile;
  session: ClaudeSession;
}

function open(
  workshop: Workshop,
  plan: SessionPlan,
  more: Partial<ClaudeOptions> & { version: ClaudeVersion },
): Opened {
  const cwd = more.cwd ?? workshop.project();
  const sessionId = more.sessionId ?? workshop.random.uuid();
  const file = workshop.file(`${folderOf(cwd)}/${sessionId}.jsonl`);
  return {
    file,
    session: new ClaudeSession(workshop, file, {
      sessionId,
      cwd,
      model: workshop.random.pick(models),
      at: plan.at,
      ...more,
    }),
  };
}

// Copied sessions are kept in memory until they are copied.
const copiedBytesMax = 400_000;
const halfOf = (plan: SessionPlan): number => Math.min(copiedBytesMax, plan.bytes / 2);

function fill(session: ClaudeSession, bytes: number): void {
  do session.turn();
  while (session.bytes < bytes);
}

function plain(workshop: Workshop, plan: SessionPlan, version: ClaudeVersion): void {
  const { file, session } = open(workshop, plan, { version });
  fill(session, plan.bytes);
  if (version === '2.1.328')
    session.bare({ type: 'cost-state', modelUsage: {}, timestamp: new Date(session.at).toISOString() });
  file.close();
}

/** Sub-agents have files of their own; the parent repeats their usage in the tool's result and their lines as progress. */
function withSubAgents(workshop: Workshop, plan: SessionPlan): void {
  const { random } = workshop;
  const version = random.pick<ClaudeVersion>(['2.1.328', '2.1.197', '2.0.45']);
  const { file, session } = open(workshop, plan, { version });
  for (let agents = random.between(1, 3); agents > 0; agents -= 1) {
    fill(session, session.bytes + plan.bytes / 4);
    session.prompt(workshop.text('prose', 200, 1));
    const callId = session.callAgent();
    const agent = subAgent(workshop, plan, session);
    const totalTokens = agent.lastUsage?.tokens.inputTokens ?? 0;
    const toolUseResult = {
      status: 'completed',
      agentId: agent.options.agentId,
      usage: agent.lastUsage?.stated,
      totalTokens,
      totalDurationMs: agent.at - session.at,
    };
    for (const { line, at } of agent.history.slice(0, 6))
      file.record(
        { type: 'progress', data: { type: 'agent_progress', message: line }, sessionId: session.options.sessionId },
        at,
      );
    session.at = agent.at;
    session.result(callId, [{ type: 'text', text: workshop.text('prose', 900, 0.8) }], { toolUseResult });
    session.step(false);
  }
  file.close();
}

function subAgent(workshop: Workshop, plan: SessionPlan, parent: ClaudeSession): ClaudeSession {
  const { cwd, sessionId, version } = parent.options;
  const agentId = workshop.random.hex(version === '2.0.45' ? 8 : 17);
  const beside = version === '2.0.45';
  const file = workshop.file(
    beside
      ? `${folderOf(cwd)}/agent-${agentId}.jsonl`
      : `${folderOf(cwd)}/${sessionId}/subagents/agent-${agentId}.jsonl`,
  );
  const agent = new ClaudeSession(workshop, file, {
    ...parent.options,
    agentId,
    model: models[2],
    at: parent.at,
    remember: true,
  });
  fill(agent, plan.bytes / 3);
  file.close();
  return agent;
}

/** The first versions write a sub-agent into its parent's file. */
function withSidechain(workshop: Workshop, plan: SessionPlan): void {
  const { file, session } = open(workshop, plan, { version: '1.0.127' });
  fill(session, plan.bytes / 2);
  session.prompt(workshop.text('prose', 200, 1));
  const callId = session.callAgent();
  const agent = new ClaudeSession(workshop, file, { ...session.options, sidechain: true, at: session.at });
  fill(agent, plan.bytes / 4);
  session.at = agent.at;
  session.result(callId, [{ type: 'text', text: workshop.text('prose', 900, 0.8) }]);
  session.step(false);
  file.close();
}

/** Resumed under a new id: the new file begins with copies of the old one's lines, which say nothing about it. */
function resumedElsewhere(workshop: Workshop, plan: SessionPlan): void {
  const first = open(workshop, plan, {
    version: workshop.random.pick<ClaudeVersion>(['2.1.197', '2.0.45']),
    remember: true,
  });
  fill(first.session, halfOf(plan));
  first.file.close();
  const { cwd, version, model } = first.session.options;
  const next = open(workshop, { ...plan, at: first.session.at + 3_600_000 }, { version, cwd, model });
  next.session.copy(first.session.history, (line) => line);
  fill(next.session, plan.bytes / 2);
  next.file.close();
}

/** A fork copies its parent's lines; new versions name the parent in them, the first ones drop the request's id. */
function forked(workshop: Workshop, plan: SessionPlan): void {
  const version = workshop.random.pick<ClaudeVersion>(['2.1.328', '1.0.127']);
  const first = open(workshop, plan, { version, remember: true });
  fill(first.session, halfOf(plan));
  const copied = [...first.session.history];
  const { cwd, model, sessionId } = first.session.options;
  const fork = open(workshop, { ...plan, at: first.session.at + 60_000 }, { version, cwd, model });
  fork.session.copy(
    copied,
    version === '2.1.328'
      ? (line) => ({ ...line, requestSessionId: sessionId })
      : ({ requestId: _dropped, ...line }) => line,
  );
  fill(fork.session, plan.bytes / 2);
  first.session.at = fork.session.at + 60_000;
  fill(first.session, first.session.bytes + plan.bytes / 8);
  fork.file.close();
  first.file.close();
}

/** A question on the side replays the conversation in a file of its own, under new request ids. */
function withSideQuestion(workshop: Workshop, plan: SessionPlan): void {
  const { file, session } = open(workshop, plan, { version: '2.1.197', remember: true });
  fill(session, halfOf(plan));
  const { cwd, sessionId } = session.options;
  const agentId = `aside_question-${workshop.random.hex(6)}`;
  const aside = workshop.file(`${folderOf(cwd)}/${sessionId}/subagents/agent-${agentId}.jsonl`);
  const side = new ClaudeSession(workshop, aside, { ...session.options, agentId, at: session.at + 1_000 });
  side.copy(session.history.slice(-40), (line) => ({
    ...line,
    isSidechain: true,
    agentId,
    ...('requestId' in line ? { requestId: `req_011${workshop.random.hex(20)}` } : {}),
  }));
  side.prompt(workshop.text('prose', 100, 0.5));
  side.step(false);
  aside.close();
  file.close();
}

/** What is not a request although it looks like one, and lines that are no lines. */
function withOddities(workshop: Workshop, plan: SessionPlan): void {
  const { file, session } = open(workshop, plan, { version: '2.1.328' });
  fill(session, plan.bytes / 2);
  const nothing = { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 };
  session.write({
    type: 'system',
    subtype: 'api_error',
    error: { status: 529, message: 'Overloaded' },
    retryInMs: 500,
    level: 'error',
  });
  session.write({
    type: 'assistant',
    isApiErrorMessage: true,
    message: {
      id: workshop.random.uuid(),
      model: '<synthetic>',
      role: 'assistant',
      type: 'message',
      content: [{ type: 'text', text: 'API Error' }],
      stop_reason: 'stop_sequence',
      usage: nothing,
    },
  });
  session.prompt('Show the log.');
  session.answer([
    { type: 'tool_use', id: `toolu_01${workshop.random.hex(22)}`, name: 'Bash', input: { command: 'cat old.jsonl' } },
  ]);
  session.result(
    'toolu_quoted',
    '{"type":"assistant","message":{"id":"msg_quoted","usage":{"input_tokens":999999,"output_tokens":999999}}}',
  );
  session.step(false);
  session.prompt(workshop.text('prose', 200, 1));
  session.answer([{ type: 'text', text: workshop.text('prose', 400, 0.5) }], {
    aborted: true,
    line: { isAbortedMidStream: true },
  });
  file.text('\n\n', session.at);
  fill(session, plan.bytes);
  file.text(
    '{"parentUuid":"torn","isSidechain":false,"type":"assistant","message":{"id":"msg_torn","usage":{"input_tok',
    session.at,
  );
  file.close();
}

function compacted(workshop: Workshop, plan: SessionPlan): void {
  const { file, session } = open(workshop, plan, { version: workshop.random.pick(newest) });
  fill(session, plan.bytes / 2);
  session.write({
    type: 'system',
    subtype: 'compact_boundary',
    content: 'Conversation compacted',
    compactMetadata: { trigger: 'auto', preTokens: workshop.random.between(120_000, 190_000) },
  });
  session.prompt(workshop.text('prose', 4_000, 0.4), { isCompactSummary: true });
  fill(session, plan.bytes);
  file.close();
}
