/** What a call works on, from the beginning of its arguments. */
import { callLine, tellingArguments } from '../words/tool-call.js';

const subjectCharactersMax = 200;

/** `null` where the arguments name nothing. `isCut`: they are longer than `head`. */
export function callSubject(head: string, isCut: boolean): string | null {
  const line = isCut ? callLine(shortened(head), null) : callLine(head, null);
  return line === '' || line === '{}' ? null : line.slice(0, subjectCharactersMax);
}

/** The most telling of the arguments that are whole, as JSON. */
function shortened(head: string): string {
  for (const name of tellingArguments) {
    const [, value] = new RegExp(`"${name}"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*"?)`).exec(head) ?? [];
    if (value === undefined) continue;
    const whole = value.length > 1 && value.endsWith('"') ? value : `${value.replace(/\\u?[\da-f]{0,3}$/i, '')}"`;
    return `{"${name}":${whole}}`;
  }
  return '{}';
}
