/** A sub-agent's session inside its parent's: its figures on the line, its calls beneath, and the way in. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowUpRight } from 'lucide-react';
import { useMemo } from 'react';
import { answerOf, problemFrom, rest } from '../../app/api.js';
import { sessionQuery } from '../../app/queries.js';
import { Tokens } from '../../parts/figure.js';
import { counted } from '../../parts/format-number.js';
import { blocksOf, type ToolBlock } from './blocks.js';
import { summaryOf } from './tool-summary.js';

/** Entries of a sub-agent that are shown in place; the rest is one click away. */
const previewMax = 40;
const callsMax = 6;

export function SubAgentFigures({ id }: { id: string }) {
  const { data } = useQuery(sessionQuery(id));
  if (!data) return 'sub-agent';
  const why = 'This sub-agent’s log reports no tokens';
  return (
    <>
      sub-agent · <Tokens value={data.usage?.inputTokens ?? null} why={why} /> in ·{' '}
      <Tokens value={data.usage?.outputTokens ?? null} why={why} /> out
    </>
  );
}

export function SubAgentBody({ id }: { id: string }) {
  const session = useQuery(sessionQuery(id)).data;
  const page = useQuery({
    queryKey: ['session', id, 'preview'],
    queryFn: ({ signal }) => answerOf(rest.items(id, { limit: previewMax }, signal)),
  });
  const blocks = useMemo(() => blocksOf(page.data?.items ?? []), [page.data]);
  const calls = blocks.filter((block): block is ToolBlock => block.kind === 'tool').slice(0, callsMax);
  const words = blocks.findLast((block) => block.kind === 'prose');
  return (
    <div className="nest">
      {calls.map((block) => {
        const summary = summaryOf(block, session?.cwd ?? null);
        return (
          <div key={block.key} className="tool">
            <span className="name">{summary.name}</span>
            <span className="arg trunc">{summary.argument}</span>
          </div>
        );
      })}
      {page.isError ? <div className="tool ink3">{problemFrom(page.error).title}</div> : null}
      {words ? <div className="tool ink2 trunc">“{words.item.item.text.slice(0, 200)}”</div> : null}
      <Link to="/s/$id" params={{ id }} className="tool link">
        <ArrowUpRight className="icon-s" aria-hidden="true" />
        Open the sub-agent’s session
        {session ? <span className="ink3 xs">{counted(session.itemCount, 'entry', 'entries')}</span> : null}
      </Link>
    </div>
  );
}
