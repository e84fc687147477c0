/** One row of the transcript: when, what, how much. */
import { type SessionSummary, unreachable } from '@taffrail/wire';
import { memo, type ReactNode } from 'react';
import { clock, exactTime } from '../../parts/format-time.js';
import { Ask } from './ask.js';
import { Attachments } from './attachments.js';
import { AttemptNote } from './attempt-note.js';
import type { Block } from './blocks.js';
import { BudgetNote } from './budget-note.js';
import { Compaction, ErrorNote, Harness, Thinking } from './folds.js';
import { Ledger } from './ledger.js';
import { Markdown } from './markdown.js';
import { RewindMark } from './rewind-mark.js';
import type { LedgerEntry } from './steps.js';
import { ToolLine } from './tool-line.js';
import { TurnEnd } from './turn-end.js';

type BlockRowProps = {
  block: Block;
  session: SessionSummary;
  entry: LedgerEntry | undefined;
  turnNumber: number | undefined;
  isFirst: boolean;
  isHit: boolean;
  isOpen: boolean;
  isPhone: boolean;
  isTight: boolean;
  /** Its turn has not ended: a call without a result still runs. */
  isRunning: boolean;
  /** Its question stands below it. */
  isAsked: boolean;
  onToggle: (key: string) => void;
  /** Of a session that runs here: what can be done with a turn. */
  menuOf: ((turnId: string) => ReactNode) | undefined;
};

export const BlockRow = memo(function BlockRow(props: BlockRowProps) {
  const { block, entry, turnNumber, isFirst, isHit, isPhone } = props;
  const name = block.opensTurn ? (turnNumber === undefined ? 'Turn' : `Turn ${turnNumber}`) : null;
  const time = block.kind === 'prompt' ? clock(block.at) : null;
  const menu = block.opensTurn && block.turnId !== null ? props.menuOf?.(block.turnId) : null;
  return (
    <div className={`log${isHit ? ' hit' : ''}${props.isTight && !isPhone ? ' log-tight' : ''}`}>
      {block.opensTurn && !isFirst ? <div className="turn-rule" /> : null}
      {isPhone ? (
        <PhoneTurn name={name} time={time} entry={entry} agent={props.session.agent} menu={menu} />
      ) : (
        <div className="g">
          {name ? (
            <div className="turn-n" title={exactTime(block.at)}>
              {name}
            </div>
          ) : null}
          {time ? <div title={exactTime(block.at)}>{time}</div> : null}
          {menu}
        </div>
      )}
      <div className="c">
        <Content {...props} />
      </div>
      {isPhone ? null : <div className="l">{entry ? <Ledger entry={entry} agent={props.session.agent} /> : null}</div>}
    </div>
  );
});

/** On a phone the gutter and the ledger share one line above the block. */
function PhoneTurn(props: {
  name: string | null;
  time: string | null;
  entry: LedgerEntry | undefined;
  agent: string;
  menu: ReactNode;
}) {
  if (!props.name && !props.entry) return null;
  return (
    <div className="ph-turn">
      {props.name ? <span className="turn-n">{props.name}</span> : null}
      {props.time ? <span>{props.time}</span> : null}
      <span className="grow" />
      {props.entry ? <Ledger entry={props.entry} agent={props.agent} /> : null}
      {props.menu}
    </div>
  );
}

function Content({ block, session, isOpen, isRunning, isAsked, onToggle }: BlockRowProps) {
  switch (block.kind) {
    case 'prompt': {
      const { text, attachments } = block.item.item;
      return (
        <div className="prompt">
          {text}
          {attachments ? <Attachments list={attachments} sessionId={session.id} /> : null}
        </div>
      );
    }
    case 'prose': {
      const { text, attachments, streaming } = block.item.item;
      return (
        <>
          <Markdown text={text} isGrowing={streaming === true && isRunning} />
          {attachments ? <Attachments list={attachments} sessionId={session.id} /> : null}
        </>
      );
    }
    case 'harness':
      return <Harness block={block} isOpen={isOpen} onToggle={onToggle} />;
    case 'thinking':
      return <Thinking block={block} isOpen={isOpen} isRunning={isRunning} onToggle={onToggle} />;
    case 'tool':
      return (
        <ToolLine
          block={block}
          sessionId={session.id}
          cwd={session.cwd}
          isOpen={isOpen}
          isRunning={isRunning}
          isAsked={isAsked}
          onToggle={onToggle}
        />
      );
    case 'compaction':
      return <Compaction block={block} isOpen={isOpen} onToggle={onToggle} />;
    case 'ask':
      return <Ask permission={block.permission} sessionId={session.id} cwd={session.cwd} />;
    case 'turn_end':
      return (
        <TurnEnd turn={block.turn} error={block.error?.item ?? null} isLast={block.isLast} sessionId={session.id} />
      );
    case 'attempt':
      return <AttemptNote attempt={block.attempt} answeredBy={block.answeredBy} />;
    case 'rewound':
      return <RewindMark mark={block.mark} sessionId={session.id} />;
    case 'budget':
      return <BudgetNote warning={block.warning} />;
    case 'error':
      return <ErrorNote block={block} />;
    default:
      return unreachable(block);
  }
}
