/**
 * The model server as a process of its own: `main.ts SCRIPT.json PORT SERVED.ndjson`. Prints `{"url": …}` when it
 * listens, and writes a line per request as it ends. The script: `{"conversations": {NAME: {"replies": […], "atEnd":
 * "fail" | "repeat"}}, "limits": {KEY: {"status": 429, …}}, "models": [NAME]}`. SIGTERM ends it.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { failureSchema, replySchema } from './reply.js';
import { startModelServer } from './server.js';

const scriptSchema = z.strictObject({
  models: z.array(z.string()).optional(),
  conversations: z
    .record(z.string(), z.strictObject({ replies: z.array(replySchema), atEnd: z.enum(['fail', 'repeat']).optional() }))
    .default({}),
  limits: z.record(z.string(), failureSchema.extend({ until: z.number().optional() })).default({}),
});

const [scriptPath = '', port = '0', servedPath = ''] = process.argv.slice(2);
const { models, conversations, limits } = scriptSchema.parse(JSON.parse(readFileSync(scriptPath, 'utf8')));
writeFileSync(servedPath, '');
const server = await startModelServer({
  port: Number(port),
  ...(models ? { models } : {}),
  onEnded: (record) => appendFileSync(servedPath, `${JSON.stringify(record)}\n`),
});
for (const [name, { replies, atEnd }] of Object.entries(conversations)) {
  server.script(name, replies, atEnd ? { atEnd } : {});
}
for (const [key, limit] of Object.entries(limits)) server.limit(key, limit);
process.once('SIGTERM', () => void server.close());
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
