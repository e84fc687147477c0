/** What is in files that git keeps, many at once. */
import { type GitPlace, git } from './git.js';

/** Together they are at most this long; what comes after is left out. */
const bytesMax = 32 * 1024 * 1024;

export async function blobsOf(place: GitPlace, ids: readonly string[], longest: number): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  if (ids.length === 0) return found;
  const lengths = (
    await git(place, ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)'], { input: lines(ids) })
  )
    .toString('utf8')
    .split('\n');
  let bytes = 0;
  const wanted = lengths.flatMap((line) => {
    const [, id, size] = /^([0-9a-f]+) blob (\d+)$/.exec(line) ?? [];
    if (id === undefined || Number(size) > longest || bytes + Number(size) > bytesMax) return [];
    bytes += Number(size);
    return [id];
  });
  const output = await git(place, ['cat-file', '--batch'], { input: lines(wanted) });
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const [, id = '', size = '0'] = /^([0-9a-f]+) \w+ (\d+)$/.exec(output.subarray(at, end).toString('utf8')) ?? [];
    found.set(id, output.subarray(end + 1, end + 1 + Number(size)));
    at = end + 2 + Number(size);
  }
  return found;
}

const lines = (ids: readonly string[]): string => ids.map((id) => `${id}\n`).join('');
