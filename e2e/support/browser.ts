/** A real browser: the system's Chromium where there is one, else the one that comes inside a package. */
import { existsSync } from 'node:fs';
import sparticuz from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export async function browserPath(): Promise<string> {
  return systemBrowsers.find((path) => existsSync(path)) ?? (await sparticuz.executablePath());
}

// As root, without a GPU, and without the browser's own conversations with the world.
const launchFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: launchFlags, headless: true });
}

export interface Visit {
  context: BrowserContext;
  /** What the page complained of: uncaught errors and error messages in its console. */
  complaints: string[];
  /** Hosts other than the server that the page tried to reach. */
  strangers: string[];
}

/** A signed-in visitor. */
export async function visit(
  browser: Browser,
  signInUrl: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const home = new URL(signInUrl).host;
  const made: Visit = { context, complaints: [], strangers: [] };
  context.on('weberror', (error) => made.complaints.push(String(error.error())));
  context.on('console', (message) => void (message.type() === 'error' && made.complaints.push(message.text())));
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.host !== home) made.strangers.push(url.host);
  });
  const page = await context.newPage();
  await page.goto(signInUrl);
  await page.close();
  return made;
}
