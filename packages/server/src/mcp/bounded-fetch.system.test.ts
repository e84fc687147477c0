/** Answers of servers elsewhere that do not end. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { boundedFetch } from './bounded-fetch.js';

let close = () => {};
afterEach(() => close());

const megabyte = 'x'.repeat(1024 * 1024);

/** Sends so many megabytes, each with this behind it. */
async function served(type: string, count: number, behind: string): Promise<string> {
  const server = createServer(async (_, response) => {
    response.writeHead(200, { 'content-type': type });
    for (let at = 0; at < count && response.writable; at += 1)
      await new Promise((resolve) => response.write(`${megabyte}${behind}`, resolve));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ['application/json', 5, '\n\n'],
  ['text/event-stream', 20, '\n\n'],
  ['text/event-stream; charset=utf-8', 20, '\r\n\r\n'],
])('E-beyond: %s of %i MB is read to its end where its parts have one', async (type, count, behind) => {
  const response = await boundedFetch(await served(type, count, behind));
  expect((await response.text()).length).toBe(count * (megabyte.length + behind.length));
});

test.each([
  ['application/json', '\n\n'],
  ['text/event-stream', '\n'],
])('E-beyond: %s without an end is refused', async (type, behind) => {
  const response = await boundedFetch(await served(type, 40, behind));
  await expect(response.text()).rejects.toThrow('more than 16 MB');
});
