/** Files in live sessions: what each provider is really sent, and what becomes of them where it does not take them. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NewFile } from '@taffrail/session';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, calls, formats, itemsOf, lines, outcomeOf, says } from './runner-for-tests.js';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const png = (mark: number) => Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, mark]);
const image = (mark: number): NewFile => ({ mediaType: 'image/png', name: `${mark}.png`, bytes: png(mark) });
const pdf: NewFile = { mediaType: 'application/pdf', name: 'plan.pdf', bytes: Buffer.from('%PDF-1.7\n') };
const hashOf = ({ bytes }: NewFile) => createHash('sha256').update(bytes).digest('hex');
const base64 = ({ bytes }: NewFile) => bytes.toString('base64');

/** The body of the conversation's last request. */
const sent = (prompt: string): string =>
  JSON.stringify(bench.models.served.filter(({ conversation }) => conversation === prompt).at(-1)?.body);

async function asked(agent: string, prompt: string, files: NewFile[]) {
  const sessionId = await bench.session(agent);
  const turnId = await bench.ask(sessionId, prompt, 'queue', files);
  return { sessionId, turnId, state: await bench.ended(sessionId, turnId) };
}

/** An image as each wire holds it. */
const onTheWire: Record<(typeof formats)[number], (file: NewFile) => string> = {
  anthropic: (file) => `{"type":"image","source":{"type":"base64","media_type":"image/png","data":"${base64(file)}"}`,
  openai: (file) => `{"type":"input_image","image_url":"data:image/png;base64,${base64(file)}"`,
  google: (file) => `{"inlineData":{"mimeType":"image/png","data":"${base64(file)}"}}`,
  compatible: (file) => `{"type":"image_url","image_url":{"url":"data:image/png;base64,${base64(file)}"}`,
};

describe('files that come with a message', () => {
  it.each(formats)('issue 3: an image reaches %s in its own wire, also with what is asked next', async (format) => {
    const prompt = `see this, ${format}`;
    bench.models.script(prompt, [says('I see.'), says('I still see.')]);
    const file = image(formats.indexOf(format) + 1);
    const { sessionId, state } = await asked(format, prompt, [file]);
    expect(sent(prompt)).toContain(onTheWire[format](file));
    expect(itemsOf(state)[0]).toMatchObject({
      text: prompt,
      attachments: [{ mediaType: 'image/png', name: file.name, blob: { hash: hashOf(file), sizeBytes: 9 } }],
    });
    await bench.ended(sessionId, await bench.ask(sessionId, 'and now?'));
    expect(sent(prompt)).toContain(onTheWire[format](file));
  });

  it('issue 3: a PDF goes where the provider takes it; else the model is told, and the person too', async () => {
    for (const format of ['anthropic', 'openai', 'google', 'compatible'] as const) {
      bench.models.script(`plan for ${format}`, [says('Read.')]);
      const { state } = await asked(format, `plan for ${format}`, [pdf]);
      const isTaken = format !== 'compatible';
      expect(sent(`plan for ${format}`).includes(base64(pdf))).toBe(isTaken);
      const note = itemsOf(state).find((item) => item.type === 'message' && item.author === 'harness');
      expect(note?.text).toBe(
        isTaken
          ? undefined
          : 'compatible/model-of-compatible is not shown:\nplan.pdf: the model takes no PDF documents',
      );
      if (!isTaken) expect(sent(`plan for ${format}`)).toContain('The file plan.pdf is not shown to you');
    }
  });

  it('issue 3: a model that refuses an image answers without it, and is not asked again', async () => {
    bench.models.script('blind', [
      { fail: { status: 400, message: 'this model takes no image input' } },
      says('I cannot see it.'),
      says('Still not.'),
    ]);
    const { sessionId, turnId, state } = await asked('compatible', 'blind', [image(77)]);
    expect(outcomeOf(state, turnId)).toBe('complete');
    expect(state.discarded.map(({ reason }) => reason)).toEqual(['refused']);
    expect(lines(state)).toContain(
      'message: compatible/model-of-compatible is not shown:\n77.png: the model refused it',
    );
    expect(sent('blind')).not.toContain(base64(image(77)));
    const next = await bench.ask(sessionId, 'look again');
    expect(outcomeOf(await bench.ended(sessionId, next), next)).toBe('complete');
    expect(bench.models.served.filter(({ conversation }) => conversation === 'blind')).toHaveLength(3);
  });

  it('issue 3: a request that is refused for another reason fails as it would without files', async () => {
    bench.models.script('bad', [{ fail: { status: 400 } }, { fail: { status: 400 } }]);
    const { turnId, state } = await asked('anthropic', 'bad', [image(78)]);
    expect(outcomeOf(state, turnId)).toBe('failed');
    expect(bench.models.served.filter(({ conversation }) => conversation === 'bad')).toHaveLength(2);
  });

  it('issue 3: an input that waits keeps its files over another server’s start', async () => {
    const half = { parts: [{ text: 'Half.' }], gates: [{ at: 1, name: 'queued' } as const] };
    bench.models.script('first of two', [half, says('On.'), says('Seen.')]);
    const sessionId = await bench.session('anthropic');
    const first = await bench.ask(sessionId, 'first of two');
    await bench.models.gate('queued').reached;
    const next = await bench.ask(sessionId, 'then this', 'queue', [image(9)]);
    expect((await bench.state(sessionId)).queue.get(next)?.attachments).toMatchObject([{ name: '9.png' }]);
    // The old server never stopped in order: what it would do with the queue, the new one does.
    await bench.newRunner().recover();
    bench.models.gate('queued').open();
    expect(outcomeOf(await bench.ended(sessionId, first), first)).toBe('interrupted');
    await bench.ended(sessionId, await bench.ask(sessionId, 'go on'));
    await bench.until(sessionId, ({ queue, turns }) => queue.size === 0 && turns.get(next)?.outcome === 'complete');
    expect(sent('first of two')).toContain(onTheWire.anthropic(image(9)));
  });

  it('issue 3: a fork is shown what its parent was', async () => {
    bench.models.script('parent', [says('Seen.'), says('Seen again.')]);
    const { sessionId } = await asked('anthropic', 'parent', [image(11)]);
    const fork = await bench.runner.fork(sessionId, {});
    await bench.ended(fork, await bench.ask(fork, 'in the fork'));
    expect(sent('parent')).toContain('in the fork');
    expect(sent('parent')).toContain(onTheWire.anthropic(image(11)));
  });

  it('E2: read shows the model an image of the folder', async () => {
    writeFileSync(join(bench.project, 'logo.png'), png(12));
    bench.models.script('the logo', [calls('read', { path: 'logo.png' }), says('A logo.')]);
    const { state } = await asked('anthropic', 'the logo', []);
    expect(sent('the logo')).toContain(onTheWire.anthropic(image(12)));
    expect(itemsOf(state).find(({ type }) => type === 'tool_result')).toMatchObject({
      status: 'ok',
      attachments: [{ mediaType: 'image/png', name: 'logo.png' }],
    });
  });
});
