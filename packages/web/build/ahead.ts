/**
 * What need not wait for the entry to run: a script of its own, before the entry, opens the live line and names the files
 * of the place that the address shows, so that the browser fetches them together with the entry.
 */
import type { Plugin, Rollup } from 'vite';
import { streamPath } from '../src/app/stream-path.js';

const scriptName = 'ahead.js';
/** What every page is written in: a text that is drawn before its font is there is laid out twice. */
const fonts = ['geist-latin-wght-normal', 'geist-mono-latin-wght-normal'];

/** @param places the folder of each place, by the first part of its address. */
export function ahead(places: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'taffrail-ahead',
    apply: 'build',
    transformIndexHtml: () => [{ tag: 'script', attrs: { src: `/${scriptName}` }, injectTo: 'head-prepend' }],
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const files = Object.entries(places).map(([path, folder]) => [path, filesOf(folder, chunks)] as const);
      const found = Object.keys(bundle).filter((name) => fonts.some((font) => name.includes(font)));
      this.emitFile({ type: 'asset', fileName: scriptName, source: scriptOf(Object.fromEntries(files), found) });
    },
  };
}

/** The chunk that the place begins with and all that it needs, without those of the entry: the page names them itself. */
function filesOf(folder: string, chunks: readonly Rollup.OutputChunk[]): string[] {
  const place = chunks.find(({ isDynamicEntry, facadeModuleId }) => isDynamicEntry && facadeModuleId?.includes(folder));
  if (!place) throw new Error(`no chunk begins with a module of ${folder}`);
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const needed = (first: readonly string[]): Set<string> => {
    const names = new Set(first);
    for (const name of names) for (const next of byName.get(name)?.imports ?? []) names.add(next);
    return names;
  };
  const entry = needed(chunks.flatMap(({ isEntry, fileName }) => (isEntry ? [fileName] : [])));
  return [...needed([place.fileName])].filter((name) => !entry.has(name));
}

const scriptOf = (files: Record<string, string[]>, found: readonly string[]): string => `(() => {
  const ask = (file, how) => {
    const link = document.createElement('link');
    document.head.append(Object.assign(link, { crossOrigin: '', href: '/' + file }, how));
  };
  for (const font of ${JSON.stringify(found)}) ask(font, { rel: 'preload', as: 'font', type: 'font/woff2' });
  const told = [];
  const socket = new WebSocket(location.origin.replace(/^http/, 'ws') + ${JSON.stringify(streamPath)});
  socket.onmessage = (event) => told.push(event);
  window.lineAhead = { socket, told };
  const files = ${JSON.stringify(files)}[location.pathname.split('/')[1]] ?? [];
  for (const file of files) ask(file, { rel: 'modulepreload', fetchPriority: 'low' });
})();
`;
