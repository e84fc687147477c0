/** Every hit of a search on a page of its own, with a link that shows another browser the same. */
import { agentLabel, placeOfHit } from '@taffrail/wire';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { problemFrom } from '../../app/api.js';
import { useNow } from '../../app/clock.js';
import { useKeys } from '../../app/keys.js';
import { facetsQuery } from '../../app/queries.js';
import { servable, servedChoice } from '../../app/served.js';
import { useServed } from '../../app/serves.js';
import { exactNumber } from '../../parts/format-number.js';
import { folderName } from '../../parts/format-path.js';
import { ChoiceMenu } from '../../parts/menu.js';
import { Segmented } from '../../parts/segmented.js';
import { AfterDelay, Blank, Failed, Skeleton } from '../../parts/states.js';
import { toggled } from '../sessions/url-state.js';
import { EntryFound, SessionFound } from './found-lines.js';
import { type Scope, type SearchSearch, scopeLabels, scopeNeeds, scopes } from './url-state.js';
import { type Found, useFound } from './use-found.js';
import { useResting } from './use-resting.js';

const route = getRouteApi('/search');
const typingMs = 200;
const limits = { sessions: 20, hits: 50 };
/** Sessions shown while everything is looked through: the hits are what this page is for. */
const sessionsOfAll = 5;
const pageScopes = scopes.filter((scope) => scope !== 'commands');

export function SearchPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const now = useNow(60_000);
  const q = search.q ?? '';
  const served = servable(pageScopes, scopeNeeds, useServed());
  const scope = servedChoice(search.scope ?? 'all', served, 'all');
  const found = useFound({ q, scope, agent: search.agent, project: search.project }, limits);
  const change = (next: Partial<SearchSearch>) => {
    const merged = Object.entries({ ...search, ...next }).filter(([, value]) => value !== undefined && value !== '');
    void navigate({ search: Object.fromEntries(merged), replace: true });
  };
  const sessions =
    scope === 'sessions' || !served.includes('message') ? found.sessions : found.sessions.slice(0, sessionsOfAll);
  const isEmpty = !found.isLoading && found.sessions.length + found.hits.length === 0;
  return (
    <main className="page">
      <header className="page-h page-h-wrap">
        <h1>Search</h1>
        <Field value={q} onChange={(next) => change({ q: next })} />
        <Filters search={search} onChange={change} />
        <span className="grow" />
        <Segmented
          label="Look through"
          value={scope}
          options={served.map((value) => ({ value, label: scopeLabels[value] }))}
          onChange={(scope: Scope) => change({ scope: scope === 'all' ? undefined : scope })}
        />
      </header>
      <div className="found">
        {found.error ? (
          <Failed what="The search failed" problem={problemFrom(found.error)} onRetry={found.retry} />
        ) : found.isLoading ? (
          <AfterDelay>
            <Loading />
          </AfterDelay>
        ) : null}
        {found.pendingRows > 0 ? (
          <p className="cover">{exactNumber(found.pendingRows)} entries are imported and not searchable yet.</p>
        ) : null}
        <FoundLines found={found} sessions={sessions} q={q} now={now} />
        {found.hasMore ? (
          <button type="button" className="btn found-more" onClick={found.loadMore}>
            More
          </button>
        ) : null}
        {isEmpty && !found.error ? (
          <Blank fact={q === '' ? 'Nothing is asked yet' : `Nothing matches “${q}”`}>
            Every word must occur; words in quotes must stand together. Messages, thinking, tool input and tool output
            are looked through.
          </Blank>
        ) : null}
      </div>
    </main>
  );
}

type LinesProps = { found: Found; sessions: Found['sessions']; q: string; now: Date };

function FoundLines({ found, sessions, q, now }: LinesProps) {
  return (
    <>
      {found.sessions.length > 0 ? <h2>{q === '' ? 'Used last' : 'Sessions'}</h2> : null}
      {sessions.map((session) => (
        <Link key={session.id} to="/s/$id" params={{ id: session.id }} className="pal-i">
          <SessionFound session={session} q={q} now={now} />
        </Link>
      ))}
      {found.hits.length > 0 ? <h2>In what was said and done</h2> : null}
      {found.hits.map((hit) => (
        <Link
          key={`${hit.sessionId} ${hit.seq}`}
          to="/s/$id"
          params={{ id: hit.sessionId }}
          search={{ seq: placeOfHit(hit), find: q }}
          className="pal-i two"
        >
          <EntryFound hit={hit} now={now} />
        </Link>
      ))}
    </>
  );
}

function Loading() {
  return (
    <div aria-busy="true">
      {['60%', '72%', '48%', '66%'].map((width) => (
        <div key={width} className="py-2">
          <Skeleton width={width} />
        </div>
      ))}
    </div>
  );
}

function Field({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  const rested = useResting(text, typingMs);
  const sent = useRef(value);
  useKeys({ '/': () => field.current?.focus() });
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
    }
  }, [value]);
  const send = useRef(onChange);
  send.current = onChange;
  useEffect(() => {
    if (rested === sent.current) return;
    sent.current = rested;
    send.current(rested);
  }, [rested]);
  return (
    <label className="field field-search">
      <Search className="icon-s" aria-hidden="true" />
      <input
        ref={field}
        type="search"
        placeholder="Anything said or done"
        aria-label="Search"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}

function Filters({ search, onChange }: { search: SearchSearch; onChange: (next: Partial<SearchSearch>) => void }) {
  const facets = useQuery(facetsQuery({})).data;
  if (!facets) return null;
  const { agent = [], project = [] } = search;
  return (
    <>
      <ChoiceMenu
        many
        label="Agent"
        options={facets.agents.map((facet) => ({ value: facet.key, label: agentLabel(facet.key), note: facet.count }))}
        selected={agent}
        onSelect={(value) => onChange({ agent: toggled(agent, value) })}
      >
        {agent.length === 0 ? 'All agents' : agent.map(agentLabel).join(', ')}
      </ChoiceMenu>
      <ChoiceMenu
        many
        label="Project"
        options={facets.projects.map((facet) => ({
          value: facet.key,
          label: facet.key === '' ? 'No folder' : folderName(facet.key),
          note: facet.count,
        }))}
        selected={project}
        onSelect={(value) => onChange({ project: toggled(project, value) })}
      >
        {project.length === 0 ? 'All projects' : project.map(folderName).join(', ')}
      </ChoiceMenu>
    </>
  );
}
