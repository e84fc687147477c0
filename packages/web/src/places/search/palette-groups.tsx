/** What the palette lists: sessions, entries, commands, each as a group of lines to pick. */
import type { SearchHit, SessionSummary } from '@taffrail/wire';
import { Command as Cmdk } from 'cmdk';
import { Funnel } from 'lucide-react';
import { Kbd } from '../../parts/kbd.js';
import type { Command } from './commands.js';
import { EntryFound, SessionFound } from './found-lines.js';
import { Group } from './palette-parts.js';
import type { Found } from './use-found.js';

type SessionsProps = {
  sessions: readonly SessionSummary[];
  q: string;
  now: Date;
  onOpen: (session: SessionSummary) => void;
};

export function SessionsGroup({ sessions, q, now, onOpen }: SessionsProps) {
  return (
    <Group title={q === '' ? 'Used last' : 'Sessions'} isShown={sessions.length > 0}>
      {sessions.map((session) => (
        <Cmdk.Item key={session.id} value={`session ${session.id}`} className="pal-i" onSelect={() => onOpen(session)}>
          <SessionFound session={session} q={q} now={now} />
        </Cmdk.Item>
      ))}
    </Group>
  );
}

type HitsProps = { hits: readonly SearchHit[]; found: Found; now: Date; onOpen: (hit: SearchHit) => void };

export function HitsGroup({ hits, found, now, onOpen }: HitsProps) {
  return (
    <Group title="In what was said and done" isShown={hits.length > 0} end={hitCount(found.hits, found.hasMore)}>
      {hits.map((hit) => (
        <Cmdk.Item
          key={`${hit.sessionId} ${hit.seq}`}
          value={`hit ${hit.sessionId} ${hit.seq}`}
          className="pal-i two"
          onSelect={() => onOpen(hit)}
        >
          <EntryFound hit={hit} now={now} />
        </Cmdk.Item>
      ))}
    </Group>
  );
}

function hitCount(hits: readonly SearchHit[], hasMore: boolean): string {
  const sessions = new Set(hits.map((hit) => hit.sessionId)).size;
  return hasMore ? `the best ${hits.length}, in ${sessions} sessions` : `${hits.length} in ${sessions} sessions`;
}

type CommandsProps = {
  commands: readonly Command[];
  q: string;
  hasHits: boolean;
  onRun: (command: Command) => void;
  onAllHits: () => void;
};

export function CommandsGroup({ commands, q, hasHits, onRun, onAllHits }: CommandsProps) {
  return (
    <Group title="Commands" isShown={commands.length > 0 || hasHits}>
      {commands.map((command) => (
        <CommandLine key={command.id} command={command} onRun={onRun} />
      ))}
      {q !== '' && hasHits ? (
        <Cmdk.Item value="command all-hits" className="pal-i" onSelect={onAllHits}>
          <Funnel className="icon-s" aria-hidden="true" />
          <span className="trunc">Show all hits on a page of their own</span>
          <span className="end">
            <Kbd command>↵</Kbd>
          </span>
        </Cmdk.Item>
      ) : null}
    </Group>
  );
}

function CommandLine({ command, onRun }: { command: Command; onRun: (command: Command) => void }) {
  const { id, label, icon: Icon } = command;
  return (
    <Cmdk.Item value={`command ${id}`} className="pal-i" onSelect={() => onRun(command)}>
      <Icon className="icon-s" aria-hidden="true" />
      <span className="trunc">{label}</span>
    </Cmdk.Item>
  );
}
