/** How fast a search is that finds almost everything: ranked, with snippets, as the web app asks for it. */
import type { Corpus } from '../corpus/generate.js';
import { type Served, withServer } from '../server.js';
import { type Figure, milliseconds, ofProcessor } from '../table.js';
import { archive } from './import.js';

const runs = 15;
const limitMs = 50;

/** The commonest word of all; a common one; two common ones together; a phrase. */
const questions = ['the', 'function', 'error value', '"of the"'];

export async function measureSearch(corpus: Corpus): Promise<Figure[]> {
  return withServer(await archive(corpus), async (server) => {
    const figures: Figure[] = [];
    for (const q of questions) figures.push(await figureOf(server, q));
    return figures;
  });
}

async function figureOf(server: Served, q: string): Promise<Figure> {
  const { ms, processorMs, answer } = await server.time<{ hits: unknown[] }>(
    `/search?q=${encodeURIComponent(q)}&limit=20`,
    runs,
  );
  return {
    name: `search: ${q} (${answer.hits.length} best hits with snippets)`,
    measured: `${milliseconds(ms)}${ofProcessor(processorMs)}`,
    target: `< ${limitMs} ms`,
    holds: ms < limitMs,
  };
}
