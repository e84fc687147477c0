/** What the palette knows: what is typed, where it looks, what it found, and which line is picked. */
import { useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useMemo, useState } from 'react';
import { useNow } from '../../app/clock.js';
import { servable, servedChoice } from '../../app/served.js';
import { useServed } from '../../app/serves.js';
import { commandsFor, matchingCommands } from './commands.js';
import { type Scope, scopeNeeds, scopes } from './url-state.js';
import { useFound } from './use-found.js';
import { useResting } from './use-resting.js';

const typingMs = 90;
const limits = { sessions: 8, hits: 40 };
/** Of each group while everything is looked through. */
const shownOfAll = { sessions: 4, hits: 8 };

/** The state of the palette. `q` is what is looked for: the text once typing rests. */
export function usePalette() {
  const [text, setText] = useState('');
  const [chosen, setScope] = useState<Scope>('all');
  const can = useServed();
  const served = servable(scopes, scopeNeeds, can);
  const scope = servedChoice(chosen, served, 'all');
  const navigate = useNavigate();
  const now = useNow(60_000);
  const q = useDeferredValue(useResting(text.trim(), typingMs));
  const found = useFound({ q, scope }, limits);
  const all = useMemo(() => commandsFor(navigate, can), [navigate, can]);
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
  const onText = (next: string) => {
    setText(next);
    setPicked('');
  };
  return {
    text,
    onText,
    scope,
    scopes: served,
    setScope,
    navigate,
    now,
    q,
    found,
    commands,
    sessions,
    hits,
    current,
    setPicked,
  };
}
