/** Settings: who answers and what they may do; what is read from where, prices, theme, and what this server is. */

import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import {
  Bell,
  Bot,
  FolderInput,
  Info,
  KeyRound,
  type LucideIcon,
  Plug,
  Receipt,
  Shield,
  SunMoon,
  TriangleAlert,
  Wallet,
} from 'lucide-react';
import { useRef } from 'react';
import { useServes } from '../../app/serves.js';
import { tildePath } from '../../parts/format-path.js';
import { AboutSection } from './about-section.js';
import { AgentsSection } from './agents-section.js';
import { BudgetsSection } from './budgets-section.js';
import { ImportSection } from './import-section.js';
import { KeysSection } from './keys-section.js';
import { McpSection } from './mcp-section.js';
import { NoticesSection } from './notices-section.js';
import { PermissionsSection } from './permissions-section.js';
import { PricesSection } from './prices-section.js';
import { settingsQuery } from './settings-query.js';
import { ThemeSection } from './theme-section.js';
import { type Section, sections } from './url-state.js';
import { useInSight } from './use-in-sight.js';

const route = getRouteApi('/settings');

const words: Record<Section, { label: string; icon: LucideIcon }> = {
  keys: { label: 'Keys', icon: KeyRound },
  agents: { label: 'Agents', icon: Bot },
  permissions: { label: 'Permissions', icon: Shield },
  mcp: { label: 'MCP servers', icon: Plug },
  import: { label: 'Import roots', icon: FolderInput },
  prices: { label: 'Prices', icon: Receipt },
  budgets: { label: 'Budgets', icon: Wallet },
  notices: { label: 'Notices', icon: Bell },
  theme: { label: 'Theme', icon: SunMoon },
  about: { label: 'About', icon: Info },
};

export function Settings() {
  const { section } = route.useSearch();
  const [servesBudgets, servesSettings, servesMcp] = [useServes('budgets'), useServes('settings'), useServes('mcp')];
  const hidden: readonly Section[] = [
    ...(servesBudgets ? [] : (['budgets'] as const)),
    ...(servesSettings ? [] : (['keys', 'agents', 'permissions'] as const)),
    ...(servesMcp ? [] : (['mcp'] as const)),
  ];
  const shown = sections.filter((name) => !hidden.includes(name));
  // What this server has not is not in sight; the address keeps it for one that has.
  const current = shown.find((name) => name === section) ?? shown[0];
  const navigate = route.useNavigate();
  const { data: settings } = useQuery({ ...settingsQuery, enabled: servesSettings });
  const body = useRef<HTMLDivElement>(null);
  useInSight(body, section);
  return (
    <main className="page">
      <header className="page-h">
        <h1>Settings</h1>
        {settings ? (
          <span className="xs ink3 trunc set-kept">
            kept in <span className="mono">{tildePath(settings.configPath)}</span>; edits there count at once
          </span>
        ) : null}
      </header>
      <div className="set">
        <nav className="set-nav" aria-label="Settings">
          {shown.map((name) => {
            const { label, icon: Icon } = words[name];
            const isCurrent = name === current;
            return (
              <button
                key={name}
                type="button"
                aria-current={isCurrent ? 'page' : undefined}
                onClick={() => void navigate({ search: { section: name }, replace: true })}
              >
                <Icon className="icon-s" aria-hidden="true" />
                {label}
              </button>
            );
          })}
        </nav>
        <div ref={body} className="set-body">
          <div className="set-in">
            {settings?.problem ? <ConfigProblem problem={settings.problem} /> : null}
            {servesSettings ? (
              <>
                <KeysSection />
                <AgentsSection />
                <PermissionsSection />
              </>
            ) : null}
            {servesMcp ? <McpSection /> : null}
            <ImportSection />
            <PricesSection />
            {servesBudgets ? <BudgetsSection /> : null}
            <NoticesSection />
            <ThemeSection />
            <AboutSection />
          </div>
        </div>
      </div>
    </main>
  );
}

/** config.toml is wrong: it is left as it is until somebody mends it. */
function ConfigProblem({ problem }: { problem: string }) {
  return (
    <div className="banner banner-error in-place set-refusal" role="alert">
      <TriangleAlert className="icon-s" aria-hidden="true" />
      <span className="grow wrap">
        {problem}. What was in force before still is, and nothing can be changed here until the file is mended.
      </span>
    </div>
  );
}
