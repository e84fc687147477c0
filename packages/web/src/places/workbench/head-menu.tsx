/** What can be done with a live session as a whole: rename, copy, close. */
import type { SessionSummary } from '@taffrail/wire';
import { useNavigate } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { useOrder } from '../../app/orders.js';
import { useServes } from '../../app/serves.js';
import { useTabMoves } from '../../app/use-tab-moves.js';
import { RenameDialog } from './rename-dialog.js';

export function HeadMenu({ session, isHosted }: { session: SessionSummary; isHosted: boolean }) {
  const navigate = useNavigate();
  const fork = useOrder('fork');
  const compact = useOrder('compact');
  const [forks, compacts] = [useServes('fork'), useServes('compact')];
  const { close } = useTabMoves();
  const [isRenaming, setIsRenaming] = useState(false);
  const copy = () => fork.send({ sessionId: session.id }, (made) => void navigate({ to: '/', search: { s: made.id } }));
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger className="btn btn-icon btn-quiet" title="More" aria-label="More">
          <Ellipsis className="icon-s" aria-hidden="true" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
            <DropdownMenu.Item className="menu-i" onSelect={() => setIsRenaming(true)}>
              Rename
            </DropdownMenu.Item>
            {forks ? (
              <DropdownMenu.Item className="menu-i" onSelect={copy}>
                Go on in a copy
              </DropdownMenu.Item>
            ) : null}
            {compacts && !isHosted ? (
              <DropdownMenu.Item className="menu-i" onSelect={() => compact.send({ sessionId: session.id })}>
                Compact the context
              </DropdownMenu.Item>
            ) : null}
            <DropdownMenu.Item className="menu-i" onSelect={() => close(session)}>
              Close and archive
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {isRenaming ? <RenameDialog session={session} onClose={() => setIsRenaming(false)} /> : null}
    </>
  );
}
