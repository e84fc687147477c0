/** Once before all end-to-end tests: finds or unpacks a browser, and makes sure that the program is built. */
import { existsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { browserPath } from './support/browser.js';
import { programPath } from './support/program.js';

declare module 'vitest' {
  interface ProvidedContext {
    browserPath: string;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  if (!existsSync(programPath)) throw new Error('the program is not built: run `npm run build` first');
  // Unpacked here and not in the tests: two at once would unpack over each other.
  project.provide('browserPath', await browserPath());
}
