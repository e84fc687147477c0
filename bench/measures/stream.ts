/** How long a chunk takes from the model to a client, what it costs on the way, and how large the log is afterwards. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openSqlite } from '@taffrail/store';
import { type ModelFolder, modelFolder } from '../../e2e/support/model-folder.js';
import { startServer } from '../../e2e/support/program.js';
import { type Model, type ServedAnswer, startModel } from '../model.js';
import { Reader, type Reading } from '../reader.js';
import { type Figure, median, milliseconds, times } from '../table.js';

const charactersPerChunk = 24;
const chunksPerSecond = 20;
const streamSeconds = 10;
const crowdSize = 100;
const longTurns = 20;
const longCharacters = 4_000;

/** What a model streams in one session, and what a client saw of it. */
interface Streamed {
  latenciesMs: number[];
  rowsPerSecond: number;
  bytesPerToken: number;
}

export async function measureStream(): Promise<Figure[]> {
  const one = await streamed(1);
  const crowd = await streamed(crowdSize);
  const { ratio, textBytes, overheadBytes } = await logSize();
  const name = (sessions: string, what: string) =>
    `stream: model to row applied in a Node client, without painting, ${sessions}, ${what}`;
  const many = `${crowdSize} sessions × ${chunksPerSecond} chunks/s followed on one socket`;
  return [
    timeFigure(name('1 session', 'median'), median(one.latenciesMs), 60),
    timeFigure(name('1 session', '95th percentile'), percentile(one.latenciesMs, 0.95), null),
    timeFigure(name(many, 'median'), median(crowd.latenciesMs), 150),
    timeFigure(name(many, '95th percentile'), percentile(crowd.latenciesMs, 0.95), null),
    note(`stream: rows written per second, ${many}`, crowd.rowsPerSecond.toFixed(0)),
    note('stream: bytes on the wire per token, 1 session', one.bytesPerToken.toFixed(0)),
    note(`stream: bytes on the wire per token, ${many}`, crowd.bytesPerToken.toFixed(0)),
    {
      name: `stream: stored rows of a finished session beside its ${Math.round(textBytes / 1000)} KB of plain text`,
      measured: times(ratio),
      target: '≤ 1.50 ×',
      holds: ratio <= 1.5,
    },
    note('stream: of these, bytes beside the text per turn of one request', overheadBytes.toFixed(0)),
  ];
}

function timeFigure(name: string, ms: number, maxMs: number | null): Figure {
  if (maxMs === null) return note(name, milliseconds(ms));
  return { name, measured: milliseconds(ms), target: `≤ ${maxMs} ms`, holds: ms <= maxMs };
}

function note(name: string, measured: string): Figure {
  return { name, measured, target: '', holds: null };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Runs `use` with a model that answers in these conversations, and a folder for a server that asks it. */
async function withModel<Result>(
  conversations: readonly string[],
  reply: object,
  use: (model: Model, folder: ModelFolder) => Promise<Result>,
): Promise<Result> {
  const model = await startModel(conversations, reply);
  const folder = modelFolder(model.url);
  try {
    return await use(model, folder);
  } finally {
    await model.stop();
    folder.remove();
  }
}

/** So many sessions at once, all followed by one client. */
function streamed(sessions: number): Promise<Streamed> {
  const text = lineOf(charactersPerChunk * chunksPerSecond * streamSeconds);
  const reply = { parts: [{ text }], chunkSize: charactersPerChunk, delayMs: 1_000 / chunksPerSecond };
  const ids = Array.from({ length: sessions }, (_, at) => `stream-${at}.`);
  return withModel(ids, reply, async (model, folder) => {
    const server = await startServer(folder);
    const reader = new Reader(server);
    for (const id of ids) {
      await server.order('POST', '/sessions', { id, cwd: folder.work('all') });
      await reader.follow(id);
    }
    const before = reader.total();
    const startedAt = performance.now();
    // The prompt names the conversation, so that each answer is known by its session.
    await Promise.all(ids.map((id) => server.order('POST', `/sessions/${id}/turns`, { id: `${id}-turn`, input: id })));
    await reader.finished(ids.map((id) => ({ id, turnId: `${id}-turn` })));
    const elapsedMs = performance.now() - startedAt;
    const after = reader.total();
    reader.stop();
    await server.stop();
    const answers = await model.served(sessions);
    const tokens = answers.reduce((sum, { outputTokens }) => sum + outputTokens, 0);
    return {
      latenciesMs: answers.flatMap((answer) => latencies(answer, reader.readings(answer.conversation))),
      rowsPerSecond: ((after.rows - before.rows) / elapsedMs) * 1_000,
      bytesPerToken: (after.bytes - before.bytes) / tokens,
    };
  });
}

/** From the moment a chunk is written to the first time that its last character is shown. */
function latencies({ deltaTimes, textLength }: ServedAnswer, readings: readonly Reading[]): number[] {
  return deltaTimes.flatMap((leftAt, index) => {
    const length = Math.min((index + 1) * charactersPerChunk, textLength);
    const seen = readings.find((reading) => reading.length >= length);
    return seen ? [seen.at - leftAt] : [];
  });
}

interface LogSize {
  ratio: number;
  textBytes: number;
  /** Of each turn. */
  overheadBytes: number;
}

/** A session of many answers: what its rows hold in the database, over its plain text. */
function logSize(): Promise<LogSize> {
  const reply = { parts: [{ text: lineOf(longCharacters) }], chunkSize: charactersPerChunk };
  return withModel(['long'], reply, async (_model, folder) => {
    const server = await startServer(folder);
    const reader = new Reader(server);
    await server.order('POST', '/sessions', { id: 'long', cwd: folder.work('long') });
    await reader.follow('long');
    for (let turn = 0; turn < longTurns; turn += 1) {
      const turnId = randomUUID();
      await server.order('POST', '/sessions/long/turns', { id: turnId, input: `long ${turn}` });
      await reader.finished([{ id: 'long', turnId }]);
    }
    reader.stop();
    await server.stop();
    return storedBeside(folder);
  });
}

async function storedBeside({ dataDir }: ModelFolder): Promise<LogSize> {
  const store = openSqlite({ path: join(dataDir, 'taffrail.db'), now: Date.now });
  const rows = await store.queries.selectFrom('rows').selectAll().execute();
  const items =
    (await store.snapshot('long', { items: longTurns * 4, bytes: Number.POSITIVE_INFINITY }))?.state.items ?? [];
  await store.close();
  const stored = rows.flatMap((row) => Object.values(row)).reduce<number>((sum, value) => sum + bytesOf(value), 0);
  const textBytes = items.reduce((sum, { item }) => sum + Buffer.byteLength(item.text), 0);
  return { ratio: stored / textBytes, textBytes, overheadBytes: (stored - textBytes) / longTurns };
}

/** As SQLite keeps them, about: texts by their bytes, numbers in up to eight. */
function bytesOf(value: unknown): number {
  if (value === null || value === undefined) return 0;
  return typeof value === 'string' ? Buffer.byteLength(value) : 8;
}

const words = 'the agent reads a file and says what it has found in it, then it goes on to the next one; ';

function lineOf(length: number): string {
  return words.repeat(Math.ceil(length / words.length)).slice(0, length);
}
