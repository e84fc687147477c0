/** The built web app's files. Unknown paths are places of the app; assets have content in their names and are kept. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { problemResponse } from './problem.js';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

export function staticFiles(folder: string): (context: Context) => Response {
  return (context) => {
    const path = normalize(decodeURIComponent(new URL(context.req.url).pathname));
    const file = join(folder, path);
    if (file.startsWith(folder) && isFile(file)) return respond(file, path.startsWith('/assets/'));
    const page = join(folder, 'index.html');
    if (extname(path) !== '' || !isFile(page))
      return problemResponse(
        404,
        existsSync(page) ? 'There is no such file.' : 'The web app is not built; run `npm run build`.',
      );
    return respond(page, false);
  };
}

function respond(file: string, immutable: boolean): Response {
  return new Response(Readable.toWeb(createReadStream(file)) as ReadableStream, {
    headers: {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
