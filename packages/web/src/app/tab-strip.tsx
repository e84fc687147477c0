/** The strip on top: the open sessions, those being read, and the way into search. */
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Search, X } from 'lucide-react';
import { Kbd } from '../parts/kbd.js';
import { LiveTabs } from './live-tabs.js';
import { showOverlay } from './overlays.js';
import { closeTab, type ReadingTab, useReadingTabs } from './reading-tabs.js';
import { SessionDot } from './session-dot.js';

export function TabStrip() {
  const tabs = useReadingTabs();
  const { id } = useParams({ strict: false });
  return (
    <div className="tabs">
      <LiveTabs />
      <nav className="contents" aria-label="Sessions being read">
        {tabs.map((tab) => (
          <Tab key={tab.id} tab={tab} isCurrent={tab.id === id} />
        ))}
      </nav>
      <div className="tabs-end">
        <button type="button" className="searchbox" onClick={() => showOverlay('palette')}>
          <Search className="icon-s" aria-hidden="true" />
          Search or run
          <Kbd command>K</Kbd>
        </button>
      </div>
    </div>
  );
}

function Tab({ tab, isCurrent }: { tab: ReadingTab; isCurrent: boolean }) {
  const navigate = useNavigate();
  const close = () => {
    const next = closeTab(tab.id);
    if (!isCurrent) return;
    if (next === null) void navigate({ to: '/sessions' });
    else void navigate({ to: '/s/$id', params: { id: next } });
  };
  return (
    <div className="tab" data-current={isCurrent || undefined} title={tab.title}>
      <SessionDot id={tab.id} />
      <Link
        to="/s/$id"
        params={{ id: tab.id }}
        className="tab-link trunc"
        aria-current={isCurrent ? 'page' : undefined}
        onMouseUp={(event) => {
          if (event.button === 1) close();
        }}
      >
        {tab.title}
      </Link>
      <button type="button" className="x" aria-label={`Close ${tab.title}`} onClick={close}>
        <X className="icon-s" aria-hidden="true" />
      </button>
    </div>
  );
}
