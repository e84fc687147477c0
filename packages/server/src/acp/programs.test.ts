/** Which agents are hosted, and by which names. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../config.js';
import { RunSettings } from '../runner/settings.js';
import { hostedRule, optionFor } from './permissions.js';
import { foundPrograms, hostedAgents, hostedEnvironment } from './programs.js';

const folder = mkdtempSync(join(tmpdir(), 'taffrail-programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const config = (text: string) => parseConfig(text, 'config.toml');
const acp = (...command: string[]) => config(`[[agents]]\nname = "one"\nacp = ${JSON.stringify(command)}\n`);

function program(name: string, mode: number): string {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin', name), '#!/bin/sh\n');
  chmodSync(join(folder, 'bin', name), mode);
  return join(folder, 'bin');
}

describe('hosted agents', () => {
  it('E-beyond: those on PATH that can be run are offered, each once, and never as the agent that is taken by itself', () => {
    for (const name of ['claude-agent-acp', 'claude-code-acp', 'opencode']) program(name, 0o755);
    const env = { PATH: `${join(folder, 'nowhere')}:${program('gemini', 0o644)}` };
    const programs = foundPrograms(env);
    expect(programs.map(({ name, command }) => [name, ...command])).toEqual([
      ['claude', 'claude-agent-acp'],
      ['opencode', 'opencode', 'acp'],
    ]);
    const around = { stored: new Map(), ollama: { url: 'http://x', models: null }, listed: new Map(), earlier: [] };
    const settings = new RunSettings(config(''), env, { ...around, programs });
    expect(settings.agents.map(({ name }) => name)).toEqual(['default']);
    expect(settings.hosted.map(({ name }) => name)).toEqual(['claude', 'opencode']);
  });

  it('E-beyond: what config.toml names goes before what was found, and is known by its program', () => {
    const found = foundPrograms({ PATH: program('opencode', 0o755) });
    const named = config('[[agents]]\nname = "opencode"\nacp = ["npx", "-y", "@zed-industries/codex-acp@0.9.0"]\n');
    expect(hostedAgents(named, found).map(({ name, agent }) => [name, agent])).toEqual([
      ['opencode', 'codex'],
      ['claude', 'claude'],
    ]);
    const idOf = (...command: string[]) => hostedAgents(acp(...command), [])[0]?.agent;
    expect(idOf('/opt/bin/claude-agent-acp')).toBe('claude');
    expect(idOf('node', '/x/codex-acp.js')).toBe('codex');
    expect(idOf('my-agent', '--model', 'gemini')).toBe('one');
  });

  it('E-beyond: an agent has models or a program, not both and not none', () => {
    expect(() => config('[[agents]]\nname = "one"\n')).toThrow('either models or acp');
    expect(() => config('[[agents]]\nname = "one"\nacp = ["a"]\nmodels = ["demo/demo"]\n')).toThrow(
      'either models or acp',
    );
  });

  it('E-beyond: it gets no secret but what is named for it, a key’s under the name that it wants', () => {
    const env = { HOME: '/home/dev', MY_TOKEN: 'token-token-token', OTHER_API_KEY: 'other-other-other' };
    const secretOf = (id: string) => (id === 'main' ? 'secret-of-main' : null);
    const parts = { env, dataDir: '/data', secrets: [], secretOf };
    const given = hostedEnvironment({ env: ['MY_TOKEN', 'ANTHROPIC_API_KEY=main', 'NOT=there'] }, parts);
    expect(given).toEqual({
      HOME: '/home/dev',
      MY_TOKEN: 'token-token-token',
      ANTHROPIC_API_KEY: 'secret-of-main',
      TAFFRAIL_TOOL_OF: '/data',
    });
  });
});

describe('permissions of hosted agents', () => {
  const call = { tool: 'Bash', kind: 'execute', subject: 'npm test' };

  it('E-beyond: nothing is allowed by default, not even what built-in tools of that name may do', () => {
    expect(hostedRule({}, [], { ...call, tool: 'read', kind: 'read' })).toBe('ask');
    expect(hostedRule({ edit: { 'a*': 'deny' } }, [], { tool: 'Edit', kind: 'edit', subject: 'b' })).toBe('ask');
  });

  it('E-beyond: the strictest of name and kind decides, and an answer for always holds where nothing is denied', () => {
    expect(hostedRule({ Bash: 'allow', execute: 'deny' }, [], call)).toBe('deny');
    expect(hostedRule({ Bash: 'allow', execute: 'ask' }, [], call)).toBe('ask');
    expect(hostedRule({}, [{ tool: 'Bash', pattern: 'npm test' }], call)).toBe('allow');
    expect(hostedRule({}, [{ tool: 'Bash', pattern: 'npm test' }], { ...call, subject: 'npm tests' })).toBe('ask');
    expect(hostedRule({ execute: 'deny' }, [{ tool: 'Bash', pattern: 'npm test' }], call)).toBe('deny');
  });

  it('E-beyond: a decision becomes the agent’s own option, or the call is cancelled', () => {
    const once = { optionId: 'o', name: 'Once', kind: 'allow_once' as const };
    const never = { optionId: 'n', name: 'Never', kind: 'reject_always' as const };
    expect(optionFor('always', [once, never])).toEqual({ outcome: { outcome: 'selected', optionId: 'o' } });
    expect(optionFor('deny', [once, never])).toEqual({ outcome: { outcome: 'selected', optionId: 'n' } });
    expect(optionFor('deny', [once])).toEqual({ outcome: { outcome: 'cancelled' } });
    expect(optionFor('expired', [once, never])).toEqual({ outcome: { outcome: 'cancelled' } });
  });
});
