/**
 * Makes the README's pictures: the built program on a generated archive, in a real browser. Look at them before they
 * are committed. Run as `npx tsx e2e/pictures.ts` after `npm run build`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { corpus } from '../bench/corpus/generate.js';
import { browserPath, launch, visit } from './support/browser.js';
import { startServer, until } from './support/program.js';

const target = fileURLToPath(new URL('../docs/pictures', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'taffrail-pictures-'));
const { home } = corpus(folder, { seed: 7, sizeMb: 12 });
const server = await startServer({ dataDir: join(folder, 'data'), home });
const browser = await launch(await browserPath());

interface List {
  sessions: { id: string; turnCount: number; usage: { outputTokens: number } | null }[];
}

async function list(query: string): Promise<List> {
  return (await (await server.get(`/sessions?${query}`)).json()) as List;
}

async function picture(name: string, path: string, colorScheme: 'light' | 'dark'): Promise<void> {
  const { context } = await visit(browser, server.signInUrl, { viewport: { width: 1440, height: 900 }, colorScheme });
  const page = await context.newPage();
  await page.goto(`${server.url}${path}`);
  await page.waitForLoadState('networkidle');
  // Skeletons give way, fonts arrive.
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: join(target, `${name}.png`) });
  await context.close();
}

mkdirSync(target, { recursive: true });
await until(
  async () => (await (await server.get('/import')).json()) as { state: string; filesDone: number },
  (status) => status.state === 'idle' && status.filesDone > 0,
  120_000,
);
const { sessions } = await list('sort=turns&order=desc&limit=20&agent=claude&roots=true');
await picture('sessions', '/sessions', 'light');
await picture('session', `/s/${encodeURIComponent(sessions[0]?.id ?? '')}`, 'dark');
await picture('analytics', '/analytics?range=all', 'light');
const work = join(folder, 'model-boats');
mkdirSync(work);
await server.order('POST', '/sessions', { id: 'boat', cwd: work });
await server.order('POST', '/sessions/boat/turns', { input: 'Build a small boat, and show me that it floats' });
await until(
  async () => (await (await server.get('/sessions/boat')).json()) as { status: string },
  ({ status }) => status === 'waiting',
);
await picture('workbench', '/?s=boat', 'light');
await browser.close();
await server.stop();
rmSync(folder, { recursive: true, force: true });
