/** What a hosted agent shows of a call, as the text and the pictures of a result. Pure. */
import { relative } from 'node:path';
import type { ContentBlock, ToolCallContent } from '@agentclientprotocol/sdk/unstable';
import { imageTypeOf, unifiedDiff } from '@taffrail/agent';
import type { NewFile } from '@taffrail/session';
import { unreachable } from '@taffrail/wire';

export interface ToldContent {
  text: string;
  files: NewFile[];
}

const pictureBytesMax = 10 * 1024 * 1024;

/** @param output What the tool itself gave, for agents that show nothing. */
export function toldContent(content: readonly ToolCallContent[], output: unknown, root: string): ToldContent {
  const files: NewFile[] = [];
  const texts = content.flatMap((part) => {
    switch (part.type) {
      case 'content':
        return textOf(part.content, files);
      case 'diff':
        return diffOf(part, root);
      // No terminals are offered to agents.
      case 'terminal':
        return [];
      default:
        return unreachable(part);
    }
  });
  const text = texts.join('\n\n');
  return { text: text === '' && files.length === 0 ? outputText(output) : text, files };
}

/** The words of a part. Pictures are put into `files` and leave none. */
export function textOf(block: ContentBlock, files: NewFile[]): string[] {
  switch (block.type) {
    case 'text':
      return [block.text];
    case 'image': {
      const bytes = Buffer.from(block.data.slice(0, pictureBytesMax * 2), 'base64');
      const mediaType = imageTypeOf(bytes);
      if (mediaType === null || bytes.length > pictureBytesMax) return ['[A picture that cannot be shown.]'];
      files.push({ mediaType, bytes });
      return [];
    }
    case 'audio':
      return ['[A sound, which is not kept.]'];
    case 'resource_link':
      return [`[${block.title ?? block.name}](${block.uri})`];
    case 'resource':
      return ['text' in block.resource ? block.resource.text : `[${block.resource.uri}]`];
    default:
      return unreachable(block);
  }
}

function diffOf({ path, oldText, newText }: Extract<ToolCallContent, { type: 'diff' }>, root: string): string[] {
  const inside = relative(root, path);
  const name = inside === '' || inside.startsWith('..') ? path : inside;
  return [unifiedDiff(name, oldText ?? '', newText) ?? `(The change of ${name} is too large to be shown.)`];
}

function outputText(output: unknown): string {
  if (output === undefined || output === null) return '';
  return typeof output === 'string' ? output : JSON.stringify(output, null, 2);
}
