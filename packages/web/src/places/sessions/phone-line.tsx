/** One session on a phone: two lines, nothing cut off that counts. */
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useCapabilities } from '../../app/capabilities.js';
import { Dot, dotState } from '../../parts/dot.js';
import { Tokens } from '../../parts/figure.js';
import { folderName, shortModel } from '../../parts/format-path.js';
import { clock, dayOf, shortDay } from '../../parts/format-time.js';
import { Glyph } from '../../parts/glyph.js';
import { KindSwatch } from '../../parts/token-bar.js';
import { whyUnknown } from '../../parts/usage-words.js';
import { type LineProps, LinkMark, SessionCost, Title } from './session-line.js';

export function PhoneLine({ row, style, today, showsDay, onToggle }: LineProps) {
  const { session } = row;
  const capabilities = useCapabilities(session.agent);
  const { usageWithSubAgents: usage, untoldRequests } = session;
  const day = dayOf(session.updatedAt);
  const Chevron = row.isOpen ? ChevronDown : ChevronRight;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid is one stop; the title inside is a link
    // biome-ignore lint/a11y/useSemanticElements: virtual rows can't be table rows
    <div
      className="ph-line"
      role="row"
      aria-level={row.lines.length + 1}
      style={{ ...style, paddingLeft: 14 + row.lines.length * 22 }}
    >
      <Dot state={dotState(session)} />
      <span className="l1">
        <LinkMark link={row.link} session={session} />
        <Title session={session} isChild={row.link !== 'root'} />
        {row.below > 0 ? (
          <button type="button" className="ph-fold" aria-expanded={row.isOpen} onClick={onToggle}>
            <Chevron className="icon-xs" aria-hidden="true" />
            {row.below}
          </button>
        ) : null}
        <span className="end">{showsDay && day !== today ? shortDay(day, today) : clock(session.updatedAt)}</span>
      </span>
      <span className="l2">
        <Glyph agent={session.agent} />
        <span className="trunc">
          {session.project === null ? 'no folder' : folderName(session.project)} ·{' '}
          {session.model === null ? 'model not logged' : shortModel(session.model)}
        </span>
        <span className="end row">
          <KindSwatch kind="input" />
          <Tokens value={usage?.inputTokens ?? null} why={whyUnknown(session.agent, 'inputTokens', capabilities)} />
          <KindSwatch kind="output" />
          <Tokens value={usage?.outputTokens ?? null} why={whyUnknown(session.agent, 'outputTokens', capabilities)} />
          <span className="num ph-cost">
            <SessionCost usage={usage} untold={untoldRequests} />
          </span>
        </span>
      </span>
    </div>
  );
}
