/**
 * Tests: `unit` and `system` beside the code, `e2e` on the built program. Two workers, because each owns real stores and
 * sockets. `system` is what `npm run check` has no time for: files that end processes, wait for clocks or for the file
 * system, or play thousands of random cases. They were three quarters of its tests' time.
 */
import { configDefaults, defineConfig } from 'vitest/config';

const besideTheCode = {
  // No test mocks a module or keeps state in one, so files share their worker: a third of the time less.
  isolate: false,
  // A busy machine is slow, not wrong.
  testTimeout: 20_000,
  sequence: { groupOrder: 0 },
};
const systemTests = 'packages/**/*.system.test.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    environment: 'node',
    projects: [
      {
        extends: true,
        test: {
          ...besideTheCode,
          name: 'unit',
          include: ['packages/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: [...configDefaults.exclude, systemTests],
        },
      },
      { extends: true, test: { ...besideTheCode, name: 'system', include: [systemTests] } },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          // One file at a time, after the units: browsers and kill -9 runs measure time and own ports.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 180_000,
          globalSetup: ['e2e/global-setup.ts'],
        },
      },
    ],
  },
});
