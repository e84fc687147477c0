/** What can be done with a turn of a live session: go back to it, or go on from it in a copy. */
import { useNavigate } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useOrder } from '../../app/orders.js';
import { useServes } from '../../app/serves.js';
import type { ShownTurn } from '../reader/timeline-rows.js';

type TurnMenuProps = {
  sessionId: string;
  turns: readonly ShownTurn[];
  turnId: string;
  /** Asks to go back to before a turn. */
  onRestore: (turnId: string) => void;
};

export function TurnMenu({ sessionId, turns, turnId, onRestore }: TurnMenuProps) {
  const navigate = useNavigate();
  const fork = useOrder('fork');
  const [forks, restores] = [useServes('fork'), useServes('checkpoints')];
  const at = turns.findIndex((turn) => turn.turnId === turnId);
  const next = turns[at + 1];
  if (at === -1 || !(forks || restores)) return null;
  const number = at + 1;
  const copy = () => fork.send({ sessionId, turnId }, (made) => void navigate({ to: '/', search: { s: made.id } }));
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        className="btn btn-s btn-icon btn-quiet turn-more"
        title={`Turn ${number}: ${[restores && 'restore', forks && 'copy'].filter(Boolean).join(', ')}`}
        aria-label={`What to do with turn ${number}`}
      >
        <Ellipsis className="icon-s" aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          {next && restores ? (
            <DropdownMenu.Item className="menu-i" onSelect={() => onRestore(next.turnId)}>
              Restore to here…
            </DropdownMenu.Item>
          ) : null}
          {restores ? (
            <DropdownMenu.Item className="menu-i" onSelect={() => onRestore(turnId)}>
              Restore to before this turn…
            </DropdownMenu.Item>
          ) : null}
          {forks ? (
            <DropdownMenu.Item className="menu-i" onSelect={copy}>
              Go on from here in a copy
            </DropdownMenu.Item>
          ) : null}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
