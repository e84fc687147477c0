/** The head of the reader: which session, whose, where; find, export, inspector. */
import { agentLabel, type SessionSummary } from '@taffrail/wire';
import { Download, GitBranch, PanelRight, Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { rest } from '../../app/api.js';
import { useIsPhone } from '../../app/media.js';
import { useServes } from '../../app/serves.js';
import { Dot, dotState } from '../../parts/dot.js';
import { Cost, Tokens } from '../../parts/figure.js';
import { shortModel, tildePath } from '../../parts/format-path.js';
import { Glyph } from '../../parts/glyph.js';
import { LinkMenu } from '../../parts/menu.js';
import { KindSwatch } from '../../parts/token-bar.js';
import { whyUnpriced } from '../../parts/usage-words.js';
import { ParentCrumb } from './parent-crumb.js';
import { ForkedFrom } from './timeline-marks.js';
import type { Panel } from './url-state.js';

type HeadProps = {
  session: SessionSummary | undefined;
  panel: Panel | 'none';
  /** What else can be done with it. */
  menu?: ReactNode;
  /** In place of the title on a phone. */
  switcher?: ReactNode;
  onFind: () => void;
  onPanel: (panel: Panel | 'none') => void;
};

const formats = [
  { format: 'md', label: 'Markdown' },
  { format: 'html', label: 'HTML, one page' },
  { format: 'json', label: 'JSON' },
  { format: 'jsonl', label: 'JSON lines, every row' },
  { format: 'otlp', label: 'OpenTelemetry spans' },
] as const;

export function ReaderHead(props: HeadProps) {
  const isPhone = useIsPhone();
  const { session } = props;
  if (!session) return <header className={isPhone ? 'ph-top' : 'head'} />;
  return isPhone ? <PhoneHead {...props} session={session} /> : <WideHead {...props} session={session} />;
}

type LoadedProps = HeadProps & { session: SessionSummary };

function WideHead({ session, panel, menu, onFind, onPanel }: LoadedProps) {
  const finds = useServes('search');
  return (
    <header className="head">
      {session.parentId ? <ParentCrumb id={session.parentId} /> : null}
      <Dot state={dotState(session)} />
      <h1 className="trunc" title={session.title ?? undefined}>
        {session.title ?? 'Untitled'}
      </h1>
      <Glyph agent={session.agent} />
      <span className="meta">
        <Meta session={session} />
      </span>
      <span className="grow" />
      {finds ? (
        <Action title="Find in this session (/)" onClick={onFind}>
          <Search className="icon-s" aria-hidden="true" />
        </Action>
      ) : null}
      <Exports session={session} />
      {menu}
      <Action
        title={panel === 'none' ? 'Show the inspector (u)' : 'Hide the inspector'}
        onClick={() => onPanel(panel === 'none' ? 'usage' : 'none')}
      >
        <PanelRight className="icon-s" aria-hidden="true" />
      </Action>
    </header>
  );
}

function Meta({ session }: { session: SessionSummary }) {
  const parts: ReactNode[] = [agentLabel(session.agent)];
  // It works where the session does that is named before it.
  if (session.parentId) parts.push('sub-agent');
  if (session.model)
    parts.push(
      <span className="trunc" title={session.model}>
        {shortModel(session.model)}
      </span>,
    );
  if (session.cwd && !session.parentId) {
    parts.push(
      <span className="mono trunc meta-cwd" title={session.cwd}>
        {tildePath(session.cwd)}
      </span>,
    );
  }
  if (session.branch) {
    parts.push(
      <span className="row mono meta-branch">
        <GitBranch className="icon-xs" aria-hidden="true" />
        {session.branch}
      </span>,
    );
  }
  if (session.forkedFrom) parts.push(<ForkedFrom id={session.forkedFrom} />);
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts are always in this order
    <span key={index} className="contents">
      {index > 0 ? <span className="sep">·</span> : null}
      {part}
    </span>
  ));
}

function Exports({ session }: { session: SessionSummary }) {
  const traces = useServes('traces');
  const served = formats.filter(({ format }) => format !== 'otlp' || traces);
  return (
    <LinkMenu
      title="Export"
      icon={<Download className="icon-s" aria-hidden="true" />}
      links={served.map(({ format, label }) => ({
        label,
        href: rest.links.export(session.id, format),
        file: `${session.id}.${format}`,
      }))}
    />
  );
}

function Action({ title, onClick, children }: { title: string; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" className="btn btn-icon btn-quiet" title={title} aria-label={title} onClick={onClick}>
      {children}
    </button>
  );
}

function PhoneHead({ session, panel, menu, switcher, onFind, onPanel }: LoadedProps) {
  const { usage } = session;
  const finds = useServes('search');
  const why = 'This log reports no tokens';
  return (
    <>
      <header className="ph-top">
        {session.parentId ? <ParentCrumb id={session.parentId} /> : null}
        <Dot state={dotState(session)} />
        {switcher ?? <h1 className="trunc grow">{session.title ?? 'Untitled'}</h1>}
        {finds ? (
          <button type="button" className="ph-icon" aria-label="Find in this session" onClick={onFind}>
            <Search className="icon" aria-hidden="true" />
          </button>
        ) : null}
        <Exports session={session} />
        {menu}
      </header>
      <button
        type="button"
        className="ph-strip"
        aria-expanded={panel !== 'none'}
        onClick={() => onPanel(panel === 'none' ? 'usage' : 'none')}
      >
        <Glyph agent={session.agent} />
        <KindSwatch kind="input" />
        <Tokens value={usage?.inputTokens ?? null} why={why} />
        <KindSwatch kind="output" />
        <Tokens value={usage?.outputTokens ?? null} why={why} />
        <Cost micros={usage?.costMicros ?? null} why={whyUnpriced(usage)} />
        <span className="grow" />
        <PanelRight className="icon-s" aria-hidden="true" />
      </button>
    </>
  );
}
