/** The built web app's files. Unknown paths are places of the app; assets have content in their names and are kept. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
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

export function staticFiles(folder: string): (context: Context) => Response | Promise<Response> {
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

/** In one go: the files are small, and a stream from disk takes several times as long. */
async function respond(file: string, immutable: boolean): Promise<Response> {
  return new Response(await readFile(file), {
    headers: {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
