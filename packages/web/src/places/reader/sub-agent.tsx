/** A sub-agent's session inside its parent's: its figures on the line, its calls beneath, and the way in. */
import type { SessionSummary } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowUpRight } from 'lucide-react';
import { useMemo } from 'react';
import { answerOf, problemFrom, rest } from '../../app/api.js';
import { sessionQuery } from '../../app/queries.js';
import { Tokens } from '../../parts/figure.js';
import { counted } from '../../parts/format-number.js';
import { blocksOf, type ResultItem, type ToolBlock } from './blocks.js';
import { summaryOf } from './tool-summary.js';

/** Entries of a sub-agent that are shown in place; the rest is one click away. */
const previewMax = 40;
const callsMax = 6;

type FiguresProps = {
  id: string;
  /** Its call has no result yet. */
  isRunning: boolean;
  /** It waits for its permission. */
  isAsked: boolean;
  status: ResultItem['item']['status'];
};

export function SubAgentFigures({ id, isRunning, isAsked, status }: FiguresProps) {
  const { data } = useQuery(sessionQuery(id));
  const state = isRunning ? runningWords(data, isAsked) : endings[status];
  const words = <span className={state.tone}>{state.text}</span>;
  if (!data) return words;
  const why = isRunning ? 'No request of it is done yet' : 'This sub-agent’s log reports no tokens';
  return (
    <>
      {words}
      <span className="res-figures">
        {' '}
        · <Tokens value={data.usage?.inputTokens ?? null} why={why} /> in ·{' '}
        <Tokens value={data.usage?.outputTokens ?? null} why={why} /> out
      </span>
    </>
  );
}

type Words = { text: string; tone?: 'run' | 'asked' | 'bad' };

const endings: Record<FiguresProps['status'], Words> = {
  ok: { text: 'sub-agent' },
  error: { text: 'failed', tone: 'bad' },
  interrupted: { text: 'stopped', tone: 'bad' },
};

function runningWords(session: SessionSummary | undefined, isAsked: boolean): Words {
  if (isAsked) return { text: 'waits for you', tone: 'asked' };
  return session?.status === 'waiting' ? { text: 'waits', tone: 'asked' } : { text: 'running', tone: 'run' };
}

/** What it does just now, under its line while that is closed. */
export function SubAgentNow({ id }: { id: string }) {
  const { blocks, cwd } = usePreview(id);
  const last = blocks.findLast((block) => block.kind === 'tool' || block.kind === 'prose');
  if (!last) return null;
  return (
    <div className="nest">
      {last.kind === 'tool' ? (
        <Call block={last} cwd={cwd} />
      ) : (
        <div className="tool ink2">
          <span className="trunc">{last.kind === 'prose' ? last.item.item.text.trim().split('\n').at(-1) : ''}</span>
        </div>
      )}
    </div>
  );
}

function Call({ block, cwd }: { block: ToolBlock; cwd: string | null }) {
  const { name, argument } = summaryOf(block, cwd);
  return (
    <div className="tool">
      <span className="name">{name}</span>
      <span className="arg trunc">{argument}</span>
    </div>
  );
}

/** The end of its log, asked for again as it grows. */
function usePreview(id: string) {
  const session = useQuery(sessionQuery(id)).data;
  const page = useQuery({
    queryKey: ['session', id, 'preview'],
    queryFn: ({ signal }) => answerOf(rest.items(id, { limit: previewMax }, signal)),
  });
  const blocks = useMemo(() => blocksOf(page.data?.items ?? []), [page.data]);
  return { session, cwd: session?.cwd ?? null, blocks, error: page.error };
}

export function SubAgentBody({ id }: { id: string }) {
  const { session, cwd, blocks, error } = usePreview(id);
  const calls = blocks.filter((block): block is ToolBlock => block.kind === 'tool').slice(0, callsMax);
  const words = blocks.findLast((block) => block.kind === 'prose');
  return (
    <div className="nest">
      {calls.map((block) => (
        <Call key={block.key} block={block} cwd={cwd} />
      ))}
      {error ? <div className="tool ink3">{problemFrom(error).title}</div> : null}
      {words ? <div className="tool ink2 trunc">“{words.item.item.text.slice(0, 200)}”</div> : null}
      <Link to="/s/$id" params={{ id }} className="tool link">
        <ArrowUpRight className="icon-s" aria-hidden="true" />
        Open the sub-agent’s session
        {session ? <span className="ink3 xs">{counted(session.itemCount, 'entry', 'entries')}</span> : null}
      </Link>
    </div>
  );
}
