/** One found session, one found entry: the same lines in the palette and on the search page. */
import { agentLabel, type SearchHit, type SessionSummary } from '@taffrail/wire';
import { Brain, CircleAlert, FoldVertical, type LucideIcon, MessageSquare, SquareTerminal, Wrench } from 'lucide-react';
import { Dot, dotState } from '../../parts/dot.js';
import { folderName } from '../../parts/format-path.js';
import { exactTime, when } from '../../parts/format-time.js';
import { Marked, partsOfSnippet, partsOfTitle } from '../../parts/marked.js';

const kinds: Record<string, { icon: LucideIcon; label: string; isCode: boolean }> = {
  message: { icon: MessageSquare, label: 'Message', isCode: false },
  reasoning: { icon: Brain, label: 'Thinking', isCode: false },
  tool_call: { icon: Wrench, label: 'Tool input', isCode: true },
  tool_result: { icon: SquareTerminal, label: 'Tool output', isCode: true },
  compaction: { icon: FoldVertical, label: 'Summary', isCode: false },
  error: { icon: CircleAlert, label: 'Error', isCode: true },
};
const otherKind = { icon: MessageSquare, label: 'Entry', isCode: false };

export function SessionFound({ session, q, now }: { session: SessionSummary; q: string; now: Date }) {
  const where = session.project === null ? '' : ` · ${folderName(session.project)}`;
  return (
    <>
      <Dot state={dotState(session)} />
      <span className="trunc">
        <Marked parts={partsOfTitle(session.title ?? 'Untitled', q)} />
      </span>
      <span className="end" title={exactTime(session.updatedAt)}>
        {session.parentId === null ? '' : 'sub-agent · '}
        {agentLabel(session.agent)}
        {where} · {when(session.updatedAt, now)}
      </span>
    </>
  );
}

export function EntryFound({ hit, now }: { hit: SearchHit; now: Date }) {
  const kind = kinds[hit.itemType] ?? otherKind;
  const Icon = kind.icon;
  return (
    <>
      <Icon className="icon-s" aria-hidden="true" />
      <span className="trunc">
        {kind.label}
        {hit.toolName ? ` of ${hit.toolName}` : ''}
        {hit.setAsideBy === undefined ? null : <span className="ink3">, set aside by a restore,</span>}{' '}
        <span className="ink3">in</span> {hit.session.title ?? 'Untitled'}
      </span>
      <span className="end" title={exactTime(hit.at)}>
        {agentLabel(hit.session.agent)} · {when(hit.at, now)}
      </span>
      <span className={kind.isCode ? 'sub trunc mono' : 'sub trunc'}>
        <Marked parts={partsOfSnippet(hit.snippet)} />
      </span>
    </>
  );
}
