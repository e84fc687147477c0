/** Settings: what is read from where, what was skipped, prices, theme, and what this server is. */
import { getRouteApi } from '@tanstack/react-router';
import { Bell, FolderInput, Info, type LucideIcon, Receipt, SunMoon } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { AboutSection } from './about-section.js';
import { ImportSection } from './import-section.js';
import { NoticesSection } from './notices-section.js';
import { PricesSection } from './prices-section.js';
import { ThemeSection } from './theme-section.js';
import { type Section, sections } from './url-state.js';

const route = getRouteApi('/settings');

const words: Record<Section, { label: string; icon: LucideIcon }> = {
  import: { label: 'Import roots', icon: FolderInput },
  prices: { label: 'Prices', icon: Receipt },
  notices: { label: 'Notices', icon: Bell },
  theme: { label: 'Theme', icon: SunMoon },
  about: { label: 'About', icon: Info },
};

export function Settings() {
  const { section } = route.useSearch();
  const navigate = route.useNavigate();
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (section) body.current?.querySelector(`#${section}`)?.scrollIntoView({ block: 'start' });
  }, [section]);
  return (
    <main className="page">
      <header className="page-h">
        <h1>Settings</h1>
      </header>
      <div className="set">
        <nav className="set-nav" aria-label="Settings">
          {sections.map((name) => {
            const { label, icon: Icon } = words[name];
            const isCurrent = name === (section ?? 'import');
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
            <ImportSection />
            <PricesSection />
            <NoticesSection />
            <ThemeSection />
            <AboutSection />
          </div>
        </div>
      </div>
    </main>
  );
}
