/** What of an item is searched: its text; of a tool call its name and the values of its arguments, not their JSON. */

export const isCallText = (itemType: string): boolean => itemType === 'tool_call';

/** The searchable words of a call. Arguments that are not JSON are searched as they are. */
export function searchableText(argumentsText: string, toolName: string | null): string {
  const words: string[] = toolName ? [toolName] : [];
  collect(parse(argumentsText) ?? argumentsText, words, 0);
  return words.join('\n');
}

const depthMax = 64;

function collect(value: unknown, words: string[], depth: number): void {
  if (typeof value === 'string') words.push(value);
  else if (typeof value === 'number') words.push(String(value));
  else if (typeof value === 'object' && value !== null && depth < depthMax) {
    for (const part of Object.values(value)) collect(part, words, depth + 1);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
