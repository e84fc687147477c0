/** One session as a table row. */
import { agentLabel, type SessionSummary, type TokenField, type Usage } from '@taffrail/wire';
import { Link } from '@tanstack/react-router';
import { Bot, ChevronDown, ChevronRight, GitFork, Unplug } from 'lucide-react';
import type { CSSProperties } from 'react';
import { useCapabilities } from '../../app/capabilities.js';
import { Dot, dotState } from '../../parts/dot.js';
import { Cost, Share, Tokens, Unknown } from '../../parts/figure.js';
import { counted, exactNumber } from '../../parts/format-number.js';
import { folderName, shortModel } from '../../parts/format-path.js';
import { clock, dayOf, exactTime, shortDay, span } from '../../parts/format-time.js';
import { Glyph } from '../../parts/glyph.js';
import { cacheHitRate, priceCoverage, requestCoverage, whyUnknown, whyUnpriced } from '../../parts/usage-words.js';
import { Elbows } from './elbows.js';
import type { SessionRow } from './rows.js';

export type LineProps = {
  row: SessionRow;
  style: CSSProperties;
  today: string;
  isActive: boolean;
  /** The list is not grouped by day: the last column says which day. */
  showsDay: boolean;
  onToggle: () => void;
};

export function SessionLine({ row, style, today, isActive, showsDay, onToggle }: LineProps) {
  const { session } = row;
  const model = session.model;
  const ms = new Date(session.updatedAt).getTime() - new Date(session.createdAt).getTime();
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid is one stop, moved through with the arrow keys
    // biome-ignore lint/a11y/useSemanticElements: virtual rows can't be table rows
    <div
      id={`row-${row.key}`}
      className={isActive ? 'vt-row vt-line sel' : 'vt-row vt-line'}
      role="row"
      aria-level={row.lines.length + 1}
      aria-selected={isActive}
      aria-expanded={row.below > 0 ? row.isOpen : undefined}
      style={style}
    >
      <span className="vt-title tree">
        <Elbows lines={row.lines} />
        <Fold row={row} onToggle={onToggle} />
        <Dot state={dotState(session)} />
        <LinkMark link={row.link} session={session} />
        <Title session={session} isChild={row.link !== 'root'} />
        {row.below > 0 && !row.isOpen ? (
          <span className="ink3 xs" title={`${counted(row.below, 'sub-agent')}, within its figures`}>
            +{row.below}
          </span>
        ) : null}
        {session.sourceState === 'deleted' ? (
          <Unplug className="icon-xs ink3" aria-label="its log file is gone; the archive keeps it" />
        ) : null}
      </span>
      <span className="vt-agent row">
        <Glyph agent={session.agent} />
        <span className="trunc ink2">{agentLabel(session.agent)}</span>
      </span>
      <span className="vt-project trunc ink2" title={session.project ?? undefined}>
        {session.project === null ? <Unknown why="The log names no folder" /> : folderName(session.project)}
      </span>
      <span className="vt-model trunc ink2 mono" title={model ?? undefined}>
        {model === null ? <Unknown why="The log names no model" /> : shortModel(model)}
      </span>
      <span className="vt-turns num">{exactNumber(session.turnCount)}</span>
      <Figures session={session} />
      <span className="vt-active num ink2" title="From its first entry to its last">
        {span(ms)}
      </span>
      <span className="vt-last num ink2" title={exactTime(session.updatedAt)}>
        {showsDay && dayOf(session.updatedAt) !== today
          ? shortDay(dayOf(session.updatedAt), today)
          : clock(session.updatedAt)}
      </span>
    </div>
  );
}

function Fold({ row, onToggle }: { row: SessionRow; onToggle: () => void }) {
  if (row.below === 0) return row.lines.length === 0 ? <span className="chev-gap" /> : null;
  const Chevron = row.isOpen ? ChevronDown : ChevronRight;
  return (
    <button type="button" className="chev" tabIndex={-1} aria-label="Sub-agents" onClick={onToggle}>
      <Chevron className="icon-xs" aria-hidden="true" />
    </button>
  );
}

/** What kind of row hangs here, and for a fork whose origin is elsewhere, that it is one. */
export function LinkMark({ link, session }: { link: SessionRow['link']; session: SessionSummary }) {
  if (link === 'sub-agent') return <Bot className="icon-xs ink3" aria-label="sub-agent" />;
  if (link === 'fork' || session.forkedFrom !== null) return <GitFork className="icon-xs ink3" aria-label="fork" />;
  return null;
}

export function Title({ session, isChild }: { session: SessionSummary; isChild: boolean }) {
  return (
    <Link
      to="/s/$id"
      params={{ id: session.id }}
      className={isChild ? 'vt-link trunc ink2' : 'vt-link trunc'}
      tabIndex={-1}
      title={session.title ?? undefined}
    >
      {session.title ?? <span className="ink3">Untitled</span>}
    </Link>
  );
}

function Figures({ session }: { session: SessionSummary }) {
  const capabilities = useCapabilities(session.agent);
  // As everywhere, with its sub-agents.
  const { usageWithSubAgents: usage, untoldRequests } = session;
  const why = (field: TokenField) => whyUnknown(session.agent, field, capabilities);
  const note = (field: TokenField) => (usage ? requestCoverage(usage, field, untoldRequests) : undefined);
  return (
    <>
      <span className="vt-input num">
        <Tokens value={usage?.inputTokens ?? null} why={why('inputTokens')} note={note('inputTokens')} />
      </span>
      <span className="vt-output num">
        <Tokens value={usage?.outputTokens ?? null} why={why('outputTokens')} note={note('outputTokens')} />
      </span>
      <span className="vt-cost num">
        <SessionCost usage={usage} untold={untoldRequests} />
      </span>
      <span className="vt-cache num ink2">
        <Share value={cacheHitRate(usage)} why={why('cacheReadTokens')} note={note('cacheReadTokens')} />
      </span>
    </>
  );
}

/** `untold`: requests that told no usage at all. */
export function SessionCost({ usage, untold }: { usage: Usage | null; untold: number | undefined }) {
  const note = usage ? priceCoverage(usage, untold) : undefined;
  return <Cost micros={usage?.costMicros ?? null} why={whyUnpriced(usage)} note={note} />;
}
