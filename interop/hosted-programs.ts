/** The agents that are hosted: how each is installed, pointed at the fake model server, and which tool it is told to use. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const key = 'no-secret-at-all';

interface Surroundings {
  home: string;
  url: string;
}

export interface HostedProgram {
  name: string;
  packageName: string;
  bin: string;
  args: readonly string[];
  /** Variables that are named for it in config.toml. */
  env: readonly string[];
  /** The server's own. */
  variables(around: Surroundings): Record<string, string>;
  configure(around: Surroundings): void;
  afterInstall?(folder: string): Promise<unknown>;
  tool: { name: string; input: Record<string, unknown> };
}

const command = 'echo made > made.txt';

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

export const hostedPrograms: readonly HostedProgram[] = [
  {
    name: 'opencode',
    packageName: 'opencode-ai@1.18.33',
    bin: 'opencode',
    args: ['acp'],
    env: [],
    variables: () => ({ OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' }),
    configure: ({ home, url }) =>
      write(
        join(home, '.config/opencode/opencode.json'),
        JSON.stringify({
          model: 'fake/model-a',
          permission: { bash: 'ask' },
          provider: {
            fake: {
              npm: '@ai-sdk/openai-compatible',
              options: { baseURL: `${url}/compatible/v1`, apiKey: key },
              models: { 'model-a': { name: 'Model A', tool_call: true, limit: { context: 200_000, output: 8_000 } } },
            },
          },
        }),
      ),
    afterInstall: (folder) => run(process.execPath, [join(folder, 'node_modules/opencode-ai/postinstall.mjs')]),
    tool: { name: 'bash', input: { command, description: 'Makes the file' } },
  },
  {
    name: 'claude',
    packageName: '@agentclientprotocol/claude-agent-acp@0.101.0',
    bin: 'claude-agent-acp',
    args: [],
    env: ['ANTHROPIC_API_KEY'],
    variables: ({ url }) => ({
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: key,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      // What a person may ask next is asked with all tools, and logged nowhere.
      CLAUDE_CODE_ENABLE_PROMPT_SUGGESTION: 'false',
    }),
    // Else a model judges what may be done.
    configure: ({ home }) =>
      write(join(home, '.claude/settings.json'), JSON.stringify({ permissions: { defaultMode: 'default' } })),
    tool: { name: 'Bash', input: { command, description: 'Makes the file' } },
  },
  {
    name: 'codex',
    packageName: '@agentclientprotocol/codex-acp@2.6.0',
    bin: 'codex-acp',
    args: [],
    env: ['FAKE_KEY'],
    // Else a model judges what may be done.
    variables: () => ({ FAKE_KEY: key, INITIAL_AGENT_MODE: 'read-only' }),
    configure: ({ home, url }) =>
      write(
        join(home, '.codex/config.toml'),
        `model = "gpt-5"
model_provider = "fake"
approval_policy = "on-request"
sandbox_mode = "read-only"
[model_providers.fake]
name = "fake"
base_url = "${url}/v1"
wire_api = "responses"
env_key = "FAKE_KEY"
`,
      ),
    tool: {
      name: 'exec_command',
      input: { cmd: command, sandbox_permissions: 'require_escalated', justification: 'It writes.' },
    },
  },
  {
    name: 'gemini',
    packageName: '@google/gemini-cli@0.61.0',
    bin: 'gemini',
    args: ['--acp'],
    env: ['GEMINI_API_KEY'],
    variables: ({ url }) => ({ GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key }),
    configure: ({ home }) =>
      write(
        join(home, '.gemini/settings.json'),
        JSON.stringify({
          security: { auth: { selectedType: 'gemini-api-key' } },
          telemetry: { enabled: false },
          general: { disableAutoUpdate: true },
          // Else it asks a model which model to ask.
          model: { name: 'gemini-2.5-pro' },
        }),
      ),
    tool: { name: 'run_shell_command', input: { command, description: 'Makes the file' } },
  },
];
