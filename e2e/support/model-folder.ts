/** Where live sessions of a test live: a data folder whose only key leads to the test's own model server. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerPlace } from './program.js';

export interface ModelFolder extends ServerPlace {
  /** Makes a folder for a session to work in; its path. */
  work(name: string): string;
  remove(): void;
}

/** @param modelUrl of a model server; it is asked in Anthropic's format. */
export function modelFolder(modelUrl: string): ModelFolder {
  const folder = mkdtempSync(join(tmpdir(), 'taffrail-live-'));
  const [dataDir, home] = [join(folder, 'data'), join(folder, 'home')];
  for (const path of [dataDir, home]) mkdirSync(path);
  writeFileSync(join(dataDir, 'config.toml'), configFor(modelUrl));
  return {
    dataDir,
    home,
    env: { FAKE_KEY: 'no-secret-at-all' },
    work: (name) => {
      const path = join(folder, 'work', name);
      mkdirSync(path, { recursive: true });
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function configFor(modelUrl: string): string {
  return `
[[keys]]
id = "main"
provider = "anthropic"
base_url = "${modelUrl}/v1"
env = "FAKE_KEY"

[[agents]]
name = "default"
models = ["main/claude-sonnet-4-5"]
[agents.permissions]
run_command = "allow"
`;
}
