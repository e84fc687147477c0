/** The bottom bar of a phone: the places, within reach of a thumb. */
import { Link } from '@tanstack/react-router';
import { ChartColumn, ListTree, type LucideIcon, PanelsTopLeft, Search, Settings } from 'lucide-react';

const places: { to: '/' | '/sessions' | '/search' | '/analytics' | '/settings'; label: string; icon: LucideIcon }[] = [
  { to: '/', label: 'Workbench', icon: PanelsTopLeft },
  { to: '/sessions', label: 'Sessions', icon: ListTree },
  { to: '/search', label: 'Search', icon: Search },
  { to: '/analytics', label: 'Analytics', icon: ChartColumn },
  { to: '/settings', label: 'Settings', icon: Settings },
];

export function BottomBar() {
  return (
    <nav className="ph-nav" aria-label="Places">
      {places.map(({ to, label, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          <Icon className="icon" aria-hidden="true" />
          {label}
        </Link>
      ))}
    </nav>
  );
}
