/** A real folder for a tool to work in, and what it told. For tests. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ToolPlace } from './contract.js';

export interface TestPlace extends ToolPlace {
  /** A folder beside the root, with a file `secret.txt` in it, that no tool may reach. */
  outside: string;
  /** What `output` was told. */
  told: string[];
  /** Programs that were started, and which of them have ended. */
  programs: { pid: number; command: string; ended: boolean }[];
  /** Stops the turn. */
  stop(): void;
  remove(): void;
}

/** @param files What is in the root: a content for each path. */
export function placeWith(files: Readonly<Record<string, string | Uint8Array>> = {}): TestPlace {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'taffrail-tools-')));
  const root = join(folder, 'root');
  const outside = join(folder, 'outside');
  const kept = new Map<string, Uint8Array>();
  const stopping = new AbortController();
  const told: string[] = [];
  const programs: TestPlace['programs'] = [];
  mkdirSync(root);
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret.txt'), 'outside\n');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return {
    root,
    outside,
    told,
    programs,
    signal: stopping.signal,
    env: { PATH: process.env['PATH'] ?? '', HOME: outside, LANG: 'C.UTF-8' },
    seen: new Map(),
    output: (text) => told.push(text),
    keepAside: async (bytes) => {
      const name = `output:${kept.size + 1}`;
      kept.set(name, bytes);
      return name;
    },
    aside: async (name) => kept.get(name) ?? null,
    started: (program) => {
      const entry = { ...program, ended: false };
      programs.push(entry);
      return () => {
        entry.ended = true;
      };
    },
    stop: () => stopping.abort(),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
