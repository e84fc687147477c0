/** What a client says in a turn: text, and images by their bytes or by their place on this machine. */
import { readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import type { NewFile } from '@taffrail/session';
import { checkedFile, refuseLarge, refuseMany } from '../../files/checked-file.js';
import { RpcError } from '../rpc-error.js';
import type { UserInput } from '../wire/params.js';

export interface Said {
  text: string;
  files: NewFile[];
}

/** @throws RpcError or OrderError for what cannot be said here. */
export async function saidBy(input: readonly UserInput[]): Promise<Said> {
  const texts: string[] = [];
  const files: NewFile[] = [];
  for (const part of input) {
    if (part.type === 'text' && part.text !== undefined) texts.push(part.text);
    else files.push(await imageOf(part));
  }
  refuseMany(files);
  const text = texts.join('\n');
  if (text.trim() === '' && files.length === 0) throw new RpcError('the input is empty');
  return { text, files };
}

async function imageOf({ type, url, path }: UserInput): Promise<NewFile> {
  if (type === 'image' && url !== undefined) return image(bytesIn(url), 'image');
  if (type === 'localImage' && path !== undefined) return image(await bytesAt(path), basename(path));
  throw new RpcError(`input of type \`${type}\` is not supported: say it as text`);
}

/** Nothing is fetched for a client: an image comes with its bytes. */
function bytesIn(url: string): Buffer {
  const data = /^data:[^,]{0,200};base64,(.*)$/s.exec(url)?.[1];
  if (data === undefined) throw new RpcError('an image is taken as a data: URL only');
  return Buffer.from(data, 'base64');
}

async function bytesAt(path: string): Promise<Buffer> {
  const found = isAbsolute(path) ? await stat(path).catch(() => null) : null;
  if (!found?.isFile()) throw new RpcError(`there is no image ${path} on the server’s machine`);
  refuseLarge(found.size, path);
  return readFile(path);
}

function image(bytes: Buffer, name: string): NewFile {
  const file = checkedFile(bytes, name);
  if (!file.mediaType.startsWith('image/')) throw new RpcError(`${file.name} is no image`);
  return file;
}
