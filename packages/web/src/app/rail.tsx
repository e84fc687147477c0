/** The rail: the places on top, the page's own matters at its foot. */
import { Link } from '@tanstack/react-router';
import {
  ChartColumn,
  CircleQuestionMark,
  ListTree,
  type LucideIcon,
  Moon,
  PanelsTopLeft,
  Settings,
  Sun,
  SunMoon,
} from 'lucide-react';
import { useOpenSessions } from './open-sessions.js';
import { showOverlay } from './overlays.js';
import { nextTheme, setTheme, type Theme, useTheme } from './theme.js';

const themeIcons: Record<Theme, LucideIcon> = { system: SunMoon, light: Sun, dark: Moon };

export function Mark() {
  return (
    <svg
      width="22"
      height="22"
      viewBox="0 0 22 22"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M2 6.5h18" />
      <path d="M6 6.5v5M11 6.5v5" />
      <path d="M16 6.5v4.2c0 4.2-3.2 5.3-6.5 5.3" />
      <circle cx="7.2" cy="16" r="1.9" fill="var(--color-accent)" stroke="none" />
    </svg>
  );
}

export function Rail() {
  const theme = useTheme();
  const ThemeIcon = themeIcons[theme];
  return (
    <nav className="rail" aria-label="Places">
      <span className="rail-mark" title="taffrail">
        <Mark />
      </span>
      <WorkbenchPlace />
      <Place to="/sessions" title="Sessions" icon={ListTree} />
      <Place to="/analytics" title="Analytics" icon={ChartColumn} />
      <div className="rail-end">
        <button
          type="button"
          className="rail-item"
          title={`Theme: ${theme}`}
          aria-label={`Theme: ${theme}`}
          onClick={() => setTheme(nextTheme(theme))}
        >
          <ThemeIcon className="icon" aria-hidden="true" />
        </button>
        <button
          type="button"
          className="rail-item"
          title="Keys and help"
          aria-label="Keys and help"
          onClick={() => showOverlay('help')}
        >
          <CircleQuestionMark className="icon" aria-hidden="true" />
        </button>
        <Place to="/settings" title="Settings" icon={Settings} />
      </div>
    </nav>
  );
}

/** With the number of sessions that wait: for an answer, or for a key. */
function WorkbenchPlace() {
  const waiting = useOpenSessions().filter(({ status }) => status === 'waiting').length;
  const title = waiting === 0 ? 'Workbench' : `Workbench, ${waiting} waiting`;
  return (
    <Link
      to="/"
      className="rail-item"
      title={title}
      aria-label={title}
      activeOptions={{ exact: true, includeSearch: false }}
      activeProps={{ 'aria-current': 'page' }}
    >
      <PanelsTopLeft className="icon" aria-hidden="true" />
      {waiting === 0 ? null : <span className="count">{waiting}</span>}
    </Link>
  );
}

function Place({
  to,
  title,
  icon: Icon,
}: {
  to: '/sessions' | '/analytics' | '/settings';
  title: string;
  icon: LucideIcon;
}) {
  return (
    <Link to={to} className="rail-item" title={title} aria-label={title} activeProps={{ 'aria-current': 'page' }}>
      <Icon className="icon" aria-hidden="true" />
    </Link>
  );
}
