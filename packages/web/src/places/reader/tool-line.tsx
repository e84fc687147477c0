/** One tool call: one line that opens in place. */
import {
  Bot,
  ChevronDown,
  ChevronRight,
  FilePenLine,
  FilePlus2,
  FileText,
  Globe,
  ListTodo,
  type LucideIcon,
  Plug,
  Search,
  SquareTerminal,
  Wrench,
} from 'lucide-react';
import { memo } from 'react';
import { useNow } from '../../app/clock.js';
import { duration } from '../../parts/format-time.js';
import { callMs, isUnfinished, type ToolBlock } from './blocks.js';
import { SubAgentFigures, SubAgentNow } from './sub-agent.js';
import { ToolBody } from './tool-body.js';
import { summaryOf, type ToolKind, type ToolOutcome } from './tool-summary.js';

const icons: Record<ToolKind, LucideIcon> = {
  read: FileText,
  write: FilePlus2,
  edit: FilePenLine,
  shell: SquareTerminal,
  search: Search,
  web: Globe,
  agent: Bot,
  plan: ListTodo,
  mcp: Plug,
  other: Wrench,
};

export type ToolLineProps = {
  block: ToolBlock;
  sessionId: string;
  cwd: string | null;
  isOpen: boolean;
  /** Its turn runs: without a result the call does too. */
  isRunning: boolean;
  /** It waits for its permission. */
  isAsked: boolean;
  onToggle: (key: string) => void;
};

export const ToolLine = memo(function ToolLine(props: ToolLineProps) {
  const { block, sessionId, cwd, isOpen, isRunning, isAsked, onToggle } = props;
  const runsNow = isRunning && isUnfinished(block);
  const summary = summaryOf(block, cwd);
  const Icon = icons[summary.kind];
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  const time = callMs(block);
  const childId = block.result?.item.childSessionId;
  return (
    <div className="tools">
      <button type="button" className="tool" aria-expanded={isOpen} onClick={() => onToggle(block.key)}>
        <Chevron className="icon-s chev" aria-hidden="true" />
        <Icon className="icon-s" aria-hidden="true" />
        <span className="name">{summary.name}</span>
        <span className="arg trunc">{summary.argument}</span>
        <span className="res">
          {childId ? (
            <SubAgentFigures
              id={childId}
              isRunning={runsNow}
              isAsked={isAsked}
              status={block.result?.item.status ?? 'ok'}
            />
          ) : runsNow ? (
            <span className={isAsked ? 'asked' : 'run'}>
              {isAsked ? 'waits for you' : block.call?.item.streaming ? 'writing' : 'running'}
            </span>
          ) : (
            <Outcome outcome={summary.outcome} />
          )}
        </span>
        {runsNow && isAsked ? (
          <span className="ms" />
        ) : runsNow && block.call ? (
          <Elapsed since={block.call.at} />
        ) : (
          <span
            className="ms"
            title={time && !time.isMeasured ? 'From the call’s entry in the log to its result’s' : undefined}
          >
            {time ? duration(time.ms) : ''}
          </span>
        )}
      </button>
      {childId && runsNow && !isOpen ? <SubAgentNow id={childId} /> : null}
      {isOpen ? <ToolBody block={block} sessionId={sessionId} cwd={cwd} isRunning={runsNow} /> : null}
    </div>
  );
});

/** Whole seconds: nothing else on the line moves while it counts. */
function Elapsed({ since }: { since: string }) {
  const ms = useNow(1000).getTime() - new Date(since).getTime();
  return (
    <span className="ms run">{ms < 1000 ? '' : duration(Math.floor(ms / 1000) * 1000).replace('.0 s', ' s')}</span>
  );
}

const toneClass = { plain: undefined, good: 'plus', bad: 'bad' } as const;

function Outcome({ outcome }: { outcome: ToolOutcome }) {
  switch (outcome.kind) {
    case 'none':
      return null;
    case 'changes':
      return (
        <>
          {outcome.added > 0 ? <span className="plus">+{outcome.added}</span> : null}{' '}
          {outcome.removed > 0 ? <span className="minus">−{outcome.removed}</span> : null}
        </>
      );
    default:
      return <span className={toneClass[outcome.tone]}>{outcome.text}</span>;
  }
}
