/** What a server answered, as a tool's outcome: text for the model, images to look at, the rest in words. */
import { BoundedOutput, imageTypeOf, sizeText, type ToolOutcome, type ToolPlace } from '@taffrail/agent';
import { z } from 'zod';
import type { CallResult } from './client.js';

/** Every provider takes so much. */
const imageBytesMax = 3_900_000;
const imagesMax = 8;

const partSchema = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.enum(['image', 'audio']), data: z.string(), mimeType: z.string() }),
  z.object({ type: z.literal('resource_link'), uri: z.string(), name: z.string().optional() }),
  z.object({
    type: z.literal('resource'),
    resource: z.object({ uri: z.string(), text: z.string().optional(), mimeType: z.string().optional() }),
  }),
]);
type Part = z.infer<typeof partSchema>;
type Image = NonNullable<ToolOutcome['files']>[number];

export async function outcomeOf(result: CallResult, place: Pick<ToolPlace, 'keepAside'>): Promise<ToolOutcome> {
  const images: Image[] = [];
  const texts = result.content.map((part) => wordsFor(partSchema.safeParse(part).data, images));
  const { structuredContent, isError } = result;
  // A server that answers with both says the same twice.
  const structured = texts.length === 0 && structuredContent !== undefined ? [jsonOf(structuredContent)] : [];
  const text = [...texts, ...structured].join('\n') || '(The tool answered with nothing.)';
  const files = images.length === 0 ? {} : { files: images };
  return { status: isError ? 'error' : 'ok', ...(await bounded(text, place)), ...files };
}

async function bounded(text: string, { keepAside }: Pick<ToolPlace, 'keepAside'>) {
  const output = new BoundedOutput();
  output.push(text);
  if (!output.isLong) return { text };
  const whole = output.whole();
  return { text: BoundedOutput.part(whole, output.bytes, await keepAside(whole)), whole };
}

/** An image that can be looked at goes to `images`. */
function wordsFor(part: Part | undefined, images: Image[]): string {
  switch (part?.type) {
    case undefined:
      return '(Something that is not understood here; it is not shown.)';
    case 'text':
      return part.text;
    case 'image':
    case 'audio':
      return mediaWords(part, images);
    case 'resource_link':
      return `(A link to ${part.name ?? 'a resource'}: ${part.uri})`;
    case 'resource': {
      const { uri, text, mimeType = 'of an unknown kind' } = part.resource;
      return text === undefined ? `(The resource ${uri}, ${mimeType}; it is not shown.)` : `${uri}:\n${text}`;
    }
    default:
      return part satisfies never;
  }
}

function mediaWords({ type, data, mimeType }: Extract<Part, { data: string }>, images: Image[]): string {
  const bytes = Buffer.from(data, 'base64');
  // What it is, its bytes say.
  const mediaType = type === 'image' ? imageTypeOf(bytes) : null;
  const named = mediaType ?? mimeType.slice(0, 100);
  const says = `${type === 'image' ? 'An image' : 'Sound'} (${named}) of ${sizeText(bytes.length)}`;
  if (mediaType === null || bytes.length > imageBytesMax || images.length === imagesMax)
    return `(${says}; it is not shown.)`;
  images.push({ mediaType, name: `image ${images.length + 1}`, bytes });
  return `(${says}; it follows.)`;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2);
  } catch {
    return '(Something that is nested too deep to be shown.)';
  }
}
