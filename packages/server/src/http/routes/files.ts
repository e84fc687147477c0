/** Files: sent along with a message, kept by a log, found in a session's folder. */
import { z } from '@hono/zod-openapi';
import { imageTypeOf } from '@taffrail/agent';
import { foundFilesSchema, keptFileSchema } from '@taffrail/wire';
import type { Context } from 'hono';
import { refuseLarge } from '../../files/checked-file.js';
import { FolderFiles } from '../../files/folder-files.js';
import { type Api, get, post } from '../api.js';
import type { AppParts } from '../app.js';
import { obeying } from '../obeying.js';
import { HttpProblem } from '../problem.js';

export function fileRoutes(api: Api, parts: AppParts): void {
  const folders = new FolderFiles(Date.now);
  post(
    api,
    '/sessions/:id/attachments',
    { summary: 'Takes a file’s bytes (?name=) for a message that will name it by its hash', answer: keptFileSchema },
    async (context) => {
      await cwdOf(parts, context.req.param('id') ?? '');
      const name = context.req.query('name') ?? '';
      return obeying(async () => parts.uploads.keep(await bytesOf(context, name), name));
    },
  );
  get(
    api,
    '/sessions/:id/files',
    {
      summary: 'Files of the session’s folder, for whoever types their names',
      query: { q: z.string().max(300).default('') },
      answer: foundFilesSchema,
    },
    async ({ params, query }) => {
      const cwd = await cwdOf(parts, params['id'] ?? '');
      return cwd === null ? { files: [], isPartial: false } : folders.find(cwd, query.q);
    },
  );
  get(
    api,
    '/sessions/:id/blobs/:hash',
    { summary: 'A long output or a file, whole', answer: z.string() },
    async ({ params }) => {
      const bytes = await parts.uploads.read(params['hash'] ?? '');
      if (!bytes) throw new HttpProblem(404, 'There is no such part.');
      return new Response(new Uint8Array(bytes), { headers: headersFor(bytes) });
    },
  );
}

/** Images by their bytes are shown; all else is a download that no browser runs, whatever the log called it. */
function headersFor(bytes: Uint8Array): Record<string, string> {
  const imageType = imageTypeOf(bytes);
  return {
    'content-type': imageType ?? 'application/octet-stream',
    'content-disposition': imageType === null ? 'attachment' : 'inline',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, max-age=31536000, immutable',
  };
}

/** Read as far as it may be long. */
async function bytesOf(context: Context, name: string): Promise<Buffer> {
  refuseLarge(Number(context.req.header('content-length') ?? 0), name);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    size += chunk.length;
    refuseLarge(size, name);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws HttpProblem 404 where there is no such session. */
async function cwdOf({ store }: AppParts, id: string): Promise<string | null> {
  const row = await store.queries.selectFrom('sessions').select('cwd').where('id', '=', id).executeTakeFirst();
  if (!row) throw new HttpProblem(404, `There is no session ${id}.`);
  return row.cwd;
}
