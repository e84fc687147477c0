/** On a phone the tabs are a menu under the title: the sessions, and a new one. */
import type { SessionSummary } from '@taffrail/wire';
import { useNavigate } from '@tanstack/react-router';
import { ChevronsUpDown, Plus } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { BudgetMark, useOpenBudgets } from '../../app/budget-mark.js';
import { useOpenSessions } from '../../app/open-sessions.js';
import { isUnread, useSeen } from '../../app/seen.js';
import { Dot, dotState } from '../../parts/dot.js';

export function TabSwitcher({ session }: { session: SessionSummary }) {
  const navigate = useNavigate();
  const sessions = useOpenSessions();
  const seen = useSeen();
  const budgets = useOpenBudgets();
  const show = (id: string) => void navigate({ to: '/', search: { s: id } });
  const hasNews = sessions.some((one) => one.id !== session.id && isUnread(one, seen[one.id]));
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="ph-switch grow" aria-label="Open sessions">
        <h1 className="trunc">{session.title ?? 'New session'}</h1>
        <span className="grow" />
        <BudgetMark budget={budgets.get(session.id)} />
        {hasNews ? <span className="unread" role="img" aria-label="Another session has news" /> : null}
        <span className="ink2">{sessions.length}</span>
        <ChevronsUpDown className="icon-s" aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4} collisionPadding={8}>
          {sessions.map((one) => (
            <DropdownMenu.Item key={one.id} className="menu-i" onSelect={() => show(one.id)}>
              <Dot state={dotState(one)} />
              <span className="trunc grow">{one.title ?? 'New session'}</span>
              <BudgetMark budget={budgets.get(one.id)} />
              {one.id !== session.id && isUnread(one, seen[one.id]) ? <span className="unread" /> : null}
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Item className="menu-i" onSelect={() => show('new')}>
            <Plus className="icon-xs" aria-hidden="true" />
            New session
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
