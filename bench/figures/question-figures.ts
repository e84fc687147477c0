/** How fast an archive answers: the command beside its peer, and the server over HTTP. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Figure, median, programPath, root, run } from '../measure.js';

const rounds = 7;
const peerPath = join(root, 'node_modules', 'ccusage', 'src', 'cli.js');

/** Whole processes, one after the other and alternating, so that a noisy machine disturbs both alike. */
export async function commandFigures(dataDir: string, home: string): Promise<Figure[]> {
  const ours: number[] = [];
  const peers: number[] = [];
  const env = { HOME: home, CLAUDE_CONFIG_DIR: join(home, '.claude'), CODEX_HOME: join(home, '.codex') };
  for (let round = 0; round < rounds; round += 1) {
    ours.push((await run(process.execPath, [programPath, 'usage', 'daily', '--json', '--data-dir', dataDir])).wallMs);
    peers.push((await run(process.execPath, [peerPath, 'daily', '--json', '--offline'], env)).wallMs);
  }
  const ratio = median(ours) / median(peers);
  const name = `usage daily, whole process: ${median(ours).toFixed(0)} ms, ccusage 20.0.20 ${median(peers).toFixed(0)} ms`;
  return [{ name, measured: `${ratio.toFixed(2)} ×`, target: '≤ 0.20 ×', held: ratio <= 0.2 }];
}

/** The server's answers, median of several, over real HTTP. */
export async function serverFigures(dataDir: string, home: string): Promise<Figure[]> {
  const server = spawn(
    process.execPath,
    [programPath, 'serve', '--no-open', '--no-import', '--port', '0', '--data-dir', dataDir, '--home', home],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const { url, token } = await listening(server.stdout);
    const ask = (path: string) => answerMs(`${url}/api/v1${path}`, token);
    return [
      figure('server, usage per day', await ask('/analytics/daily?tz=UTC'), 10),
      figure('server, search for a common word', await ask('/search?q=the&limit=20'), 50),
      figure('server, session list', await ask('/sessions?limit=100&roots=true'), 100),
    ];
  } finally {
    server.kill('SIGTERM');
  }
}

function figure(name: string, ms: number, targetMs: number): Figure {
  return { name, measured: `${ms.toFixed(1)} ms`, target: `< ${targetMs} ms`, held: ms < targetMs };
}

async function answerMs(url: string, token: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).text();
    times.push(performance.now() - began);
  }
  return median(times);
}

function listening(output: NodeJS.ReadableStream): Promise<{ url: string; token: string }> {
  return new Promise((resolve) => {
    let text = '';
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /(http\S+)\/sign-in\?token=(\S+)/.exec(text);
      if (found) resolve({ url: found[1] ?? '', token: decodeURIComponent(found[2] ?? '') });
    });
  });
}
