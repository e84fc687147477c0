/** The places and their addresses. Every place is loaded when it is first opened. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type NotFoundRouteProps,
} from '@tanstack/react-router';
import { analyticsSearchOf } from '../places/analytics/url-state.js';
import { readerSearchOf } from '../places/reader/url-state.js';
import { searchSearchOf } from '../places/search/url-state.js';
import { sessionsSearchOf } from '../places/sessions/url-state.js';
import { settingsSearchOf } from '../places/settings/url-state.js';
import { lastShown } from '../places/workbench/last-shown.js';
import { newTab, workbenchSearchOf } from '../places/workbench/url-state.js';
import { expectSession } from './live-session.js';
import { NotFound, PlaceFailed } from './not-found.js';
import { onlyRead, parseSearch, stringifySearch } from './search-params.js';
import { Shell } from './shell.js';

// Named here, since the router's own inference does not see through a call.
const read = {
  workbench: onlyRead(workbenchSearchOf),
  sessions: onlyRead(sessionsSearchOf),
  reader: onlyRead(readerSearchOf),
  search: onlyRead(searchSearchOf),
  analytics: onlyRead(analyticsSearchOf),
  settings: onlyRead(settingsSearchOf),
};

const root = createRootRoute({
  component: Shell,
  notFoundComponent: (_props: NotFoundRouteProps) => <NotFound />,
  errorComponent: PlaceFailed,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: read.workbench,
  loaderDeps: ({ search }) => ({ s: search.s }),
  // Asked for while the place's own code is on its way.
  loader: ({ deps, preload }) => {
    const id = deps.s ?? lastShown();
    if (!preload && id !== null && id !== newTab) expectSession(id);
  },
  component: lazyRouteComponent(() => import('../places/workbench/workbench.js'), 'Workbench'),
});

const sessions = createRoute({
  getParentRoute: () => root,
  path: '/sessions',
  validateSearch: read.sessions,
  component: lazyRouteComponent(() => import('../places/sessions/sessions.js'), 'Sessions'),
});

const reader = createRoute({
  getParentRoute: () => root,
  path: '/s/$id',
  validateSearch: read.reader,
  component: lazyRouteComponent(() => import('../places/reader/reader.js'), 'ReaderPlace'),
});

const search = createRoute({
  getParentRoute: () => root,
  path: '/search',
  validateSearch: read.search,
  component: lazyRouteComponent(() => import('../places/search/search-page.js'), 'SearchPage'),
});

const analytics = createRoute({
  getParentRoute: () => root,
  path: '/analytics',
  validateSearch: read.analytics,
  component: lazyRouteComponent(() => import('../places/analytics/analytics.js'), 'Analytics'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: read.settings,
  component: lazyRouteComponent(() => import('../places/settings/settings.js'), 'Settings'),
});

export const router = createRouter({
  routeTree: root.addChildren([home, sessions, reader, search, analytics, settings]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultErrorComponent: PlaceFailed,
  // A route's own code arrives fast from the same machine: no pending screen may flash before it.
  defaultPendingMs: 400,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
