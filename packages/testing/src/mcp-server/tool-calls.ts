/** What the fake MCP server's tools do. */
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

interface Around {
  signal: AbortSignal;
  roots: () => Promise<string[]>;
  progress: (done: number, message: string) => Promise<void>;
}

type Answer = { content: { type: 'text'; text: string }[]; isError?: boolean };

const says = (text: string): Answer => ({ content: [{ type: 'text', text }] });

/** One pixel. */
export const picture =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export async function called(name: string, input: Record<string, unknown>, around: Around): Promise<Answer> {
  switch (name) {
    case 'echo':
      return says(String(input['text']));
    case 'write_note':
      writeFileSync('note.txt', String(input['text']));
      return says('Written.');
    case 'slow':
      return slowly(Number(input['seconds'] ?? 1), around);
    case 'fail':
      return { ...says('It went wrong: the moon is full.'), isError: true };
    case 'huge':
      return says('0123456789abcdef'.repeat(Math.ceil(Number(input['bytes']) / 16)));
    case 'crash':
      process.stderr.write('out of cheese\n');
      process.exit(7);
      break;
    case 'hang':
      await wait(3_600_000);
      break;
    case 'secret':
      return says(`${String(input['name'])} is ${process.env[String(input['name'])] ?? 'not there'}`);
    case 'where':
      return says(`${process.cwd()} ${(await around.roots()).join(' ')}`);
    default:
      return otherForms(name);
  }
  return says('unreachable');
}

async function slowly(seconds: number, { signal, progress }: Around): Promise<Answer> {
  for (let done = 0; done < 10; done += 1) {
    if (signal.aborted) {
      writeFileSync('cancelled.txt', 'yes');
      break;
    }
    await progress(done * 10, `step ${done}`);
    await wait(seconds * 100);
  }
  return says('It is done.');
}

/** Answers that a typed server could not give. */
function otherForms(name: string): Answer {
  const forms: Record<string, unknown> = {
    image: { content: [{ type: 'image', data: picture, mimeType: 'image/png' }] },
    facts: { content: [], structuredContent: { moons: 2, of: 'Mars' } },
    malformed: { content: 'text' },
    parts: {
      content: [
        { type: 'text', text: 'Look.' },
        { type: 'image', data: picture, mimeType: 'image/jpeg' },
        { type: 'image', data: 'bm90IGFuIGltYWdl', mimeType: 'image/png' },
        { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' },
        { type: 'resource_link', uri: 'file:///a.txt', name: 'a.txt' },
        { type: 'resource', resource: { uri: 'note://1', text: 'Remember the milk.' } },
        { type: 'resource', resource: { uri: 'note://2', blob: 'AAAA', mimeType: 'application/zip' } },
        { type: 'hologram', data: 'AAAA' },
      ],
    },
    grow: says('Grown.'),
    grown: says('I came later.'),
  };
  return (forms[name] ?? { ...says(`there is no tool ${name}`), isError: true }) as Answer;
}
