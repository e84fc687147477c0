/** ⌘K: sessions, everything said and done, and commands, from anywhere. */
import { placeOfHit } from '@taffrail/wire';
import { Command as Cmdk } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { KeyboardEvent } from 'react';
import { problemFrom } from '../../app/api.js';
import { showOverlay } from '../../app/overlays.js';
import { exactNumber } from '../../parts/format-number.js';
import { Kbd } from '../../parts/kbd.js';
import { CommandsGroup, HitsGroup, SessionsGroup } from './palette-groups.js';
import { Foot, ScopeTabs } from './palette-parts.js';
import { scopeLabels } from './url-state.js';
import { countOfScope } from './use-found.js';
import { usePalette } from './use-palette.js';

/** The commands shown while everything is looked through. */
const commandsOfAll = 5;

export default function Palette() {
  const palette = usePalette();
  const { text, scope, scopes, setScope, navigate, q, found } = palette;
  const close = () => showOverlay(null);
  const act = (action: () => void) => {
    close();
    action();
  };
  const openAll = () =>
    act(() => void navigate({ to: '/search', search: { q, ...(scope === 'all' ? {} : { scope }) } }));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Tab') {
      event.preventDefault();
      const step = event.shiftKey ? scopes.length - 1 : 1;
      setScope(scopes[(scopes.indexOf(scope) + step) % scopes.length] ?? 'all');
    }
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && q !== '') {
      event.preventDefault();
      openAll();
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
            value={palette.current}
            onValueChange={palette.setPicked}
            onKeyDown={onKeyDown}
            label="Search"
          >
            <div className="pal-in">
              <Search className="icon" aria-hidden="true" />
              <Cmdk.Input value={text} onValueChange={palette.onText} placeholder="Search or run" />
              <Kbd>Esc</Kbd>
            </div>
            <ScopeTabs
              scope={scope}
              scopes={scopes}
              onScope={setScope}
              count={(one) => (q === '' ? '' : countOfScope(one, found, palette.commands.length))}
            />
            <FoundList palette={palette} act={act} onAllHits={openAll} />
          </Cmdk>
          <Foot pendingRows={found.pendingRows} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type FoundListProps = {
  palette: ReturnType<typeof usePalette>;
  /** Closes the palette, then acts. */
  act: (action: () => void) => void;
  onAllHits: () => void;
};

function FoundList({ palette, act, onAllHits }: FoundListProps) {
  const { scope, navigate, now, q, found, commands, sessions, hits } = palette;
  const isAll = scope === 'all';
  return (
    <Cmdk.List className="pal-list">
      {found.error ? (
        <p className="pal-none">
          {problemFrom(found.error).title}. {problemFrom(found.error).action}
        </p>
      ) : null}
      <SessionsGroup
        sessions={sessions}
        q={q}
        now={now}
        onOpen={({ id }) => act(() => void navigate({ to: '/s/$id', params: { id } }))}
      />
      <HitsGroup
        hits={hits}
        found={found}
        now={now}
        onOpen={(hit) =>
          act(() => {
            void navigate({ to: '/s/$id', params: { id: hit.sessionId }, search: { seq: placeOfHit(hit), find: q } });
          })
        }
      />
      <CommandsGroup
        commands={commands.slice(0, isAll && q !== '' ? commandsOfAll : undefined)}
        q={q}
        hasHits={found.hits.length > 0}
        onRun={({ run }) => act(run)}
        onAllHits={onAllHits}
      />
      {!found.isLoading && !found.error && sessions.length + hits.length + commands.length === 0 ? (
        <p className="pal-none">
          Nothing matches “{q}”{isAll ? '' : ` in ${scopeLabels[scope].toLowerCase()}`}.
          {found.pendingRows > 0 ? ` ${exactNumber(found.pendingRows)} entries are not searchable yet.` : ''}
        </p>
      ) : null}
    </Cmdk.List>
  );
}
