/** ⌘K: sessions, everything said and done, and commands, from anywhere. */
import type { SearchHit } from '@taffrail/wire';
import { useNavigate } from '@tanstack/react-router';
import { Command as Cmdk } from 'cmdk';
import { ArrowDown, ArrowUp, CornerDownLeft, Funnel, Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type KeyboardEvent, type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import { problemFrom } from '../../app/api.js';
import { useNow } from '../../app/clock.js';
import { showOverlay } from '../../app/overlays.js';
import { exactNumber } from '../../parts/format-number.js';
import { Kbd } from '../../parts/kbd.js';
import { commandsFor, matchingCommands } from './commands.js';
import { EntryFound, SessionFound } from './found-lines.js';
import { type Scope, scopeLabels, scopes } from './url-state.js';
import { countOfScope, useFound } from './use-found.js';
import { useResting } from './use-resting.js';

const typingMs = 90;
const limits = { sessions: 8, hits: 40 };
/** Of each group while everything is looked through. */
const shownOfAll = { sessions: 4, hits: 8, commands: 5 };

export default function Palette() {
  const [text, setText] = useState('');
  const [scope, setScope] = useState<Scope>('all');
  const navigate = useNavigate();
  const now = useNow(60_000);
  const q = useDeferredValue(useResting(text.trim(), typingMs));
  const found = useFound({ q, scope }, limits);
  const all = useMemo(() => commandsFor(navigate), [navigate]);
  const commands = scope === 'all' || scope === 'commands' ? matchingCommands(all, text) : [];
  const isAll = scope === 'all';
  const sessions = found.sessions.slice(0, isAll ? shownOfAll.sessions : limits.sessions);
  const hits = found.hits.slice(0, isAll ? shownOfAll.hits : limits.hits);

  const [picked, setPicked] = useState('');
  const values = [
    ...sessions.map((session) => `session ${session.id}`),
    ...hits.map((hit) => `hit ${hit.sessionId} ${hit.seq}`),
    ...commands.map((command) => `command ${command.id}`),
    'command all-hits',
  ];
  // The best hit is what Enter opens, until someone moves; what went away can't stay picked.
  const current = values.includes(picked) ? picked : (values[0] ?? '');

  const close = () => showOverlay(null);
  const act = (action: () => void) => () => {
    close();
    action();
  };
  const openHit = (hit: SearchHit) =>
    void navigate({ to: '/s/$id', params: { id: hit.sessionId }, search: { seq: hit.seq, find: q } });
  const openAll = () => void navigate({ to: '/search', search: { q, ...(isAll ? {} : { scope }) } });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Tab') {
      event.preventDefault();
      const step = event.shiftKey ? scopes.length - 1 : 1;
      setScope(scopes[(scopes.indexOf(scope) + step) % scopes.length] ?? 'all');
    }
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && q !== '') {
      event.preventDefault();
      act(openAll)();
    }
  };

  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : close())}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="palette" aria-describedby={undefined}>
          <Dialog.Title className="sr-only">Search</Dialog.Title>
          <Cmdk
            shouldFilter={false}
            loop
            value={current}
            onValueChange={setPicked}
            onKeyDown={onKeyDown}
            label="Search"
          >
            <div className="pal-in">
              <Search className="icon" aria-hidden="true" />
              <Cmdk.Input
                value={text}
                onValueChange={(next) => {
                  setText(next);
                  setPicked('');
                }}
                placeholder="Search or run"
              />
              <Kbd>Esc</Kbd>
            </div>
            <ScopeTabs
              scope={scope}
              onScope={setScope}
              count={(one) => (q === '' ? '' : countOfScope(one, found, commands.length))}
            />
            <Cmdk.List className="pal-list">
              {found.error ? (
                <p className="pal-none">
                  {problemFrom(found.error).title}. {problemFrom(found.error).action}
                </p>
              ) : null}
              <Group title={q === '' ? 'Used last' : 'Sessions'} isShown={sessions.length > 0}>
                {sessions.map((session) => (
                  <Cmdk.Item
                    key={session.id}
                    value={`session ${session.id}`}
                    className="pal-i"
                    onSelect={act(() => void navigate({ to: '/s/$id', params: { id: session.id } }))}
                  >
                    <SessionFound session={session} q={q} now={now} />
                  </Cmdk.Item>
                ))}
              </Group>
              <Group
                title="In what was said and done"
                isShown={hits.length > 0}
                end={hitCount(found.hits, found.hasMore)}
              >
                {hits.map((hit) => (
                  <Cmdk.Item
                    key={`${hit.sessionId} ${hit.seq}`}
                    value={`hit ${hit.sessionId} ${hit.seq}`}
                    className="pal-i two"
                    onSelect={act(() => openHit(hit))}
                  >
                    <EntryFound hit={hit} now={now} />
                  </Cmdk.Item>
                ))}
              </Group>
              <Group title="Commands" isShown={commands.length > 0 || found.hits.length > 0}>
                {commands
                  .slice(0, isAll && q !== '' ? shownOfAll.commands : undefined)
                  .map(({ id, label, icon: Icon, run }) => (
                    <Cmdk.Item key={id} value={`command ${id}`} className="pal-i" onSelect={act(run)}>
                      <Icon className="icon-s" aria-hidden="true" />
                      <span className="trunc">{label}</span>
                    </Cmdk.Item>
                  ))}
                {q !== '' && found.hits.length > 0 ? (
                  <Cmdk.Item value="command all-hits" className="pal-i" onSelect={act(openAll)}>
                    <Funnel className="icon-s" aria-hidden="true" />
                    <span className="trunc">Show all hits on a page of their own</span>
                    <span className="end">
                      <Kbd command>↵</Kbd>
                    </span>
                  </Cmdk.Item>
                ) : null}
              </Group>
              {!found.isLoading && !found.error && sessions.length + hits.length + commands.length === 0 ? (
                <p className="pal-none">
                  Nothing matches “{q}”{isAll ? '' : ` in ${scopeLabels[scope].toLowerCase()}`}.
                  {found.pendingRows > 0 ? ` ${exactNumber(found.pendingRows)} entries are not searchable yet.` : ''}
                </p>
              ) : null}
            </Cmdk.List>
          </Cmdk>
          <Foot pendingRows={found.pendingRows} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function hitCount(hits: readonly SearchHit[], hasMore: boolean): string {
  const sessions = new Set(hits.map((hit) => hit.sessionId)).size;
  return hasMore ? `the best ${hits.length}, in ${sessions} sessions` : `${hits.length} in ${sessions} sessions`;
}

function Group(props: { title: string; isShown: boolean; end?: string; children: ReactNode }) {
  if (!props.isShown) return null;
  return (
    <Cmdk.Group
      className="pal-g"
      heading={
        <span className="pal-h">
          {props.title}
          <span className="end">{props.end}</span>
        </span>
      }
    >
      {props.children}
    </Cmdk.Group>
  );
}

type ScopeTabsProps = { scope: Scope; onScope: (scope: Scope) => void; count: (scope: Scope) => string };

function ScopeTabs({ scope, onScope, count }: ScopeTabsProps) {
  return (
    <div className="pal-tabs" role="tablist" aria-label="Look through">
      {scopes.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          tabIndex={-1}
          aria-selected={one === scope}
          onMouseDown={(event) => {
            // Keeps the focus, and with it the typing, in the field.
            event.preventDefault();
            onScope(one);
          }}
        >
          {scopeLabels[one]} <span className="n">{one === scope || scope === 'all' ? count(one) : ''}</span>
        </button>
      ))}
    </div>
  );
}

function Foot({ pendingRows }: { pendingRows: number }) {
  return (
    <div className="pal-f">
      <span>
        <Kbd>
          <ArrowUp aria-hidden="true" />
        </Kbd>
        <Kbd>
          <ArrowDown aria-hidden="true" />
        </Kbd>
        move
      </span>
      <span>
        <Kbd>
          <CornerDownLeft aria-hidden="true" />
        </Kbd>
        open at the hit
      </span>
      <span>
        <Kbd>Tab</Kbd> next scope
      </span>
      <span className="grow" />
      {pendingRows > 0 ? <span>{exactNumber(pendingRows)} entries not searchable yet</span> : null}
    </div>
  );
}
