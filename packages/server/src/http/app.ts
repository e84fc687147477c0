/** The HTTP application: access rules before everything, then the API, then the web app's files. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Gather, PriceTable, Remember, Store } from '@taffrail/store';
import type { Context, Next } from 'hono';
import type { Budgets } from '../budgets/budgets.js';
import type { Uploads } from '../files/uploads.js';
import type { ImportService } from '../import/service.js';
import type { Runner } from '../runner/runner.js';
import { proofHeader, proofOf } from '../running/proof.js';
import type { LiveSettings } from '../settings/live-settings.js';
import type { SocketHub } from '../stream/hub.js';
import { type AccessRules, cookieName, foreign, same, unauthorised } from './access.js';
import type { Api } from './api.js';
import { docsPage } from './docs.js';
import { HttpProblem, problemResponse } from './problem.js';
import { analyticsRoutes } from './routes/analytics.js';
import { archiveRoutes } from './routes/archive.js';
import { exportRoutes } from './routes/export.js';
import { fileRoutes } from './routes/files.js';
import { liveRoutes } from './routes/live.js';
import { sessionRoutes } from './routes/sessions.js';
import { settingsRoutes } from './routes/settings.js';
import { traceRoutes } from './routes/traces.js';
import { staticFiles } from './static.js';

export interface AppParts {
  store: Store;
  /** What the analytics panels are counted from, and their answers until the log changes. */
  gather: Gather;
  remember: Remember;
  prices: PriceTable;
  runner: Runner;
  /** Tells when a session's log has grown. */
  hub: Pick<SocketHub, 'onChanged'>;
  budgets: Budgets;
  uploads: Uploads;
  live: LiveSettings;
  imports: Pick<ImportService, 'status' | 'run' | 'state'>;
  access: AccessRules;
  version: string;
  dataDir: string;
  /** Folder of the built web app. */
  webDir: string;
  /** Tells open browsers that these sessions changed. */
  changed: (sessionIds: readonly string[]) => void;
  /** Where unexpected errors go. */
  report: (error: unknown) => void;
}

export function createApp(parts: AppParts): OpenAPIHono {
  const app = new OpenAPIHono();
  app.onError((error) => failed(parts, error));
  app.use('*', (context, next) => guard(parts, context, next));
  app.get('/healthz', (context) => healthy(parts, context));
  app.get('/sign-in', (context) => signIn(parts, context));
  const api: Api = new OpenAPIHono();
  api.use('*', async (context, next) => {
    const refusal = unauthorised(parts.access, headOf(context));
    return refusal ? problemResponse(refusal.status, refusal.detail) : next();
  });
  sessionRoutes(api, parts);
  liveRoutes(api, parts);
  fileRoutes(api, parts);
  traceRoutes(api, parts);
  exportRoutes(api, parts);
  analyticsRoutes(api, parts);
  archiveRoutes(api, parts);
  settingsRoutes(api, parts);
  api.get('/openapi.json', (context) => context.json(openApi(api, parts.version)));
  api.get('/docs', (context) => context.html(docsPage(openApi(api, parts.version))));
  api.all('*', () => problemResponse(404, 'There is no such route; GET /api/v1/docs lists them.'));
  app.route('/api/v1', api);
  app.get('*', staticFiles(parts.webDir));
  return app;
}

/** Open to all. Who names a nonce is given proof that this server holds the token. */
function healthy({ access }: AppParts, context: Context): Response {
  const nonce = context.req.query('nonce');
  const host = context.req.header('host') ?? '';
  return context.text('ok', 200, nonce ? { [proofHeader]: proofOf({ token: access.token, nonce, host }) } : {});
}

function openApi(api: Api, version: string) {
  return api.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'taffrail', version } });
}

const pageRules = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self' ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

async function guard(parts: AppParts, context: Context, next: Next): Promise<Response | undefined> {
  const refusal = foreign(parts.access, headOf(context));
  if (refusal) return problemResponse(refusal.status, refusal.detail);
  await next();
  // A part of a log has stricter rules of its own.
  if (!context.res.headers.has('Content-Security-Policy')) context.header('Content-Security-Policy', pageRules);
  context.header('X-Content-Type-Options', 'nosniff');
  context.header('Referrer-Policy', 'no-referrer');
  return undefined;
}

export function headOf(context: Context) {
  const header = (name: string) => context.req.header(name);
  return {
    host: header('host'),
    origin: header('origin'),
    authorization: header('authorization'),
    cookie: header('cookie'),
  };
}

const yearSeconds = 365 * 24 * 3600;

/** The link that `serve` prints: trades the token for a cookie that scripts cannot read and other sites cannot send. */
function signIn(parts: AppParts, context: Context): Response {
  if (!same(context.req.query('token') ?? '', parts.access.token))
    return problemResponse(401, 'This sign-in link is not valid. Use the one that `taffrail serve` prints.');
  context.header(
    'Set-Cookie',
    `${cookieName}=${encodeURIComponent(parts.access.token)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${yearSeconds}`,
  );
  return context.redirect('/');
}

function failed(parts: AppParts, error: Error): Response {
  if (error instanceof HttpProblem) return problemResponse(error.status, error.detail);
  parts.report(error);
  // What went wrong inside may name paths or contents: it goes to the server's own log.
  return problemResponse(500, 'Something went wrong inside the server; its output says what.');
}
