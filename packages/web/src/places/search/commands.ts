/** What the palette can do besides finding. */
import type { useNavigate } from '@tanstack/react-router';
import {
  ChartColumn,
  CircleHelp,
  Keyboard,
  ListTree,
  type LucideIcon,
  Moon,
  PanelsTopLeft,
  Plus,
  RefreshCw,
  Settings,
  Sun,
  SunMoon,
} from 'lucide-react';
import { queryClient, rest } from '../../app/api.js';
import { showOverlay } from '../../app/overlays.js';
import type { Serves } from '../../app/served.js';
import { setTheme } from '../../app/theme.js';

export type Command = { id: string; label: string; words: string; icon: LucideIcon; run: () => void };
type Navigate = ReturnType<typeof useNavigate>;

/** Every command that this server can serve. Running one that shows an overlay of its own replaces the palette. */
export function commandsFor(navigate: Navigate, can: Serves): Command[] {
  const go = (to: '/' | '/sessions' | '/analytics' | '/settings') => () => void navigate({ to });
  const all: Command[] = [
    { id: 'workbench', label: 'Go to the Workbench', words: 'live agents', icon: PanelsTopLeft, run: go('/') },
    {
      id: 'new',
      label: 'New session',
      words: 'start agent tab chat',
      icon: Plus,
      run: () => void navigate({ to: '/', search: { s: 'new' } }),
    },
    { id: 'sessions', label: 'Go to Sessions', words: 'list home', icon: ListTree, run: go('/sessions') },
    {
      id: 'analytics',
      label: 'Go to Analytics',
      words: 'usage cost tokens charts',
      icon: ChartColumn,
      run: go('/analytics'),
    },
    { id: 'settings', label: 'Go to Settings', words: 'import roots about', icon: Settings, run: go('/settings') },
    {
      id: 'unknown',
      label: 'Show sessions whose usage is not known',
      words: 'coverage missing',
      icon: CircleHelp,
      run: () => void navigate({ to: '/sessions', search: { usage: ['unknown'] } }),
    },
    {
      id: 'import',
      label: 'Look for new logs now',
      words: 'import scan refresh',
      icon: RefreshCw,
      run: () => void rest.runImport().then(() => queryClient.invalidateQueries({ queryKey: ['import'] })),
    },
    { id: 'light', label: 'Theme: light', words: 'bright day', icon: Sun, run: () => setTheme('light') },
    { id: 'dark', label: 'Theme: dark', words: 'night', icon: Moon, run: () => setTheme('dark') },
    { id: 'system', label: 'Theme: as the system', words: 'auto', icon: SunMoon, run: () => setTheme('system') },
    { id: 'keys', label: 'Keys', words: 'help shortcuts', icon: Keyboard, run: () => showOverlay('help') },
  ];
  return all.filter(({ id }) => id !== 'new' || can('live'));
}

/** The commands whose name or words contain every word of a query. */
export function matchingCommands(commands: readonly Command[], q: string): Command[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter((command) => {
    const text = `${command.label} ${command.words}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
