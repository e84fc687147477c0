/** Files of a conversation: what they are, what a model is shown of them, and what it is told instead. */
import type { Attachment, Item } from '@taffrail/wire';
import { describe, expect, it } from 'vitest';
import { promptFrom } from '../models/prompt.js';
import { fileTypeOf, imageTypeOf } from './media-type.js';
import { type FileTaker, shownFiles } from './shown-files.js';

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]);
const gif = Buffer.from('GIF89a\u0001');
const pdf = Buffer.from('%PDF-1.7\n\u0000');
const text = Buffer.from('salt = 35\n');
const kept: Record<string, Buffer> = { png, gif, pdf, text, huge: Buffer.concat([png, Buffer.alloc(4_000_000)]) };

const attached = (hash: string, name = `${hash}.x`): Attachment => {
  return { mediaType: 'image/png', name, blob: { hash, sizeBytes: kept[hash]?.length ?? 5 } };
};
const person = (words: string, ...attachments: Attachment[]): Item => {
  return { type: 'message', role: 'user', author: 'human', text: words, attachments };
};
const everything: FileTaker = { provider: 'anthropic', refused: new Set() };
const shown = (items: Item[], taker = everything) => shownFiles(items, taker, async (hash) => kept[hash] ?? null);

describe('what a file is', () => {
  it.each([
    ['a PNG', png, 'image/png'],
    ['a JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'image/jpeg'],
    ['a GIF', gif, 'image/gif'],
    ['a WebP', Buffer.from('RIFF\u0001\u0001\u0001\u0001WEBPVP8 '), 'image/webp'],
    ['a PDF', pdf, 'application/pdf'],
    ['text', text, 'text/plain'],
    ['an SVG, which browsers run', Buffer.from('<svg onload="alert(1)"/>'), 'text/plain'],
    ['a WAV, which begins as a WebP does', Buffer.from('RIFF\u0001\u0001\u0001\u0001WAVE\u0000'), null],
    ['a ZIP', Buffer.from('PK\u0003\u0004\u0000'), null],
    ['bytes that are no UTF-8', Buffer.from([0xc3, 0x28]), null],
  ])('issue 3: is told by its bytes: %s', (_what, bytes, type) => {
    expect(fileTypeOf(bytes)).toBe(type);
    expect(imageTypeOf(bytes)).toBe(type?.startsWith('image/') ? type : null);
  });
});

describe('issue 3: what a model is shown', () => {
  const kinds = async (provider: FileTaker['provider']) => {
    const files = await shown([person('', attached('png'), attached('gif'), attached('pdf'), attached('text'))], {
      ...everything,
      provider,
    });
    return ['png', 'gif', 'pdf', 'text'].map((hash) => files.get(hash)?.kind);
  };

  it('is what its provider takes, and text as text', async () => {
    expect(await kinds('anthropic')).toEqual(['bytes', 'bytes', 'bytes', 'text']);
    expect(await kinds('google')).toEqual(['bytes', 'unseen', 'bytes', 'text']);
    expect(await kinds('openai-compatible')).toEqual(['bytes', 'bytes', 'unseen', 'text']);
    expect(await kinds('demo')).toEqual(['unseen', 'unseen', 'unseen', 'text']);
  });

  it('never is what the log claims a file to be: its bytes are asked', async () => {
    expect((await shown([person('', { ...attached('gif'), mediaType: 'image/svg+xml' })])).get('gif')).toMatchObject({
      mediaType: 'image/gif',
    });
  });

  it('leaves out what is gone, what is too large for the provider, and what the model refused', async () => {
    const files = await shown([person('', attached('gone'), attached('huge'), attached('png'))], {
      ...everything,
      refused: new Set(['png']),
    });
    expect(['gone', 'huge', 'png'].map((hash) => files.get(hash)?.kind)).toEqual(['unseen', 'unseen', 'unseen']);
    expect((await shown([person('', attached('huge'))], { ...everything, provider: 'openai' })).get('huge')?.kind).toBe(
      'bytes',
    );
  });

  it('is the newest where it is too much for one request', async () => {
    const many = Array.from({ length: 25 }, (_, at) => person('', { ...attached(`png${at}`) }));
    const files = await shownFiles(many, everything, async () => png);
    const seen = [...files].flatMap(([hash, { kind }]) => (kind === 'bytes' ? [hash] : []));
    expect(seen).toHaveLength(20);
    expect(seen).toContain('png24');
    expect(seen).not.toContain('png4');
  });
});

describe('issue 3: files in a prompt', () => {
  const prompt = async (...items: Item[]) => promptFrom('anthropic', '', items, await shown(items)).slice(1);

  it('stand after what was said, each with its name; text is marked off', async () => {
    expect(await prompt(person('look', attached('png', 'a.png'), attached('text', 'b".txt')))).toMatchObject([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'text', text: 'a.png:' },
          { type: 'file', mediaType: 'image/png', data: png, filename: 'a.png' },
          { type: 'text', text: '<file name="b\\".txt">\nsalt = 35\n\n</file>' },
        ],
      },
    ]);
  });

  it('need no words beside them', async () => {
    expect(JSON.stringify(await prompt(person(' ', attached('text'))))).not.toContain('an empty message');
    expect(JSON.stringify(await prompt(person(' ')))).toContain('an empty message');
  });

  it('that are not shown are told of in words', async () => {
    expect(JSON.stringify(await prompt(person('look', attached('gone', 'old.png'))))).toContain(
      'The file old.png is not shown to you: its bytes are not kept here.',
    );
  });

  it('of results follow after all results of the step, because they may not stand between them', async () => {
    const call = (callId: string): Item => ({ type: 'tool_call', callId, name: 'read', text: '{}' });
    const result = (callId: string, ...attachments: Attachment[]): Item => {
      return { type: 'tool_result', callId, text: 'ok', status: 'ok', attachments };
    };
    const said = await prompt(person('do'), call('a'), call('b'), result('a', attached('png')), result('b'));
    expect(said.map(({ role, content }) => [role, content.length])).toEqual([
      ['user', 1],
      ['assistant', 2],
      ['tool', 2],
      ['user', 2],
    ]);
    const more = await prompt(person('do'), call('a'), result('a', attached('png')), person('and now?'));
    expect(more.at(-1)?.content).toMatchObject([{ text: 'png.x:' }, { type: 'file' }, { text: 'and now?' }]);
  });
});
