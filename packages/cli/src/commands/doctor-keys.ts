/** Keys as `doctor` tells of them: where the secret comes from and whether it is there, never the secret. */
import type { KeyFindings } from '@taffrail/server';
import { counted, plainLine } from '@taffrail/session';
import { type KeySetting, unreachable } from '@taffrail/wire';
import { tableText } from '../format/table.js';
import { longTime } from '../format/when.js';
import type { Terminal } from '../terminal.js';

export function keyText({ keys, ollama, environment, problem }: KeyFindings, { columns, colours }: Terminal): string {
  const named = keys.flatMap(({ source }) => (source.kind === 'environment' ? [source.name] : []));
  const unused = environment.filter((name) => !named.includes(name));
  return [
    problem === null ? keyTable(keys, columns, colours) : `${colours.red(plainLine(problem))}\n`,
    ollama === null ? '' : `${ollamaLine(ollama)}\n`,
    unused.length === 0 ? '' : `in the environment, and used by no key: ${unused.join(', ')}\n`,
  ].join('');
}

function keyTable(keys: readonly KeySetting[], columns: number, colours: Terminal['colours']): string {
  const shown = keys.filter(({ origin }) => origin !== 'built-in');
  if (shown.length === 0) return 'none; the demo model needs none\n';
  const table = {
    columns: [
      { title: 'Key', align: 'left' as const },
      { title: 'Provider', align: 'left' as const },
      { title: 'Secret', align: 'left' as const, shrinks: { to: 16, cut: 'end' as const } },
      { title: 'State', align: 'left' as const, shrinks: { to: 20, cut: 'end' as const } },
    ],
    rows: shown.map((key) => [key.id, key.provider, sourceWords(key), stateWords(key)]),
  };
  return tableText(table, columns, colours);
}

function sourceWords({ source, baseUrl }: KeySetting): string {
  switch (source.kind) {
    case 'environment':
      return source.name;
    case 'stored':
      return 'secrets.json';
    case 'none':
      return baseUrl === null ? 'none' : `none, ${plainLine(baseUrl)}`;
    default:
      return unreachable(source);
  }
}

function stateWords({ isPresent, resting }: KeySetting): string {
  if (!isPresent) return 'not there';
  return resting === null ? 'there' : `rests until ${longTime(resting.until)}: ${plainLine(resting.reason)}`;
}

function ollamaLine({ isFound, models, url }: NonNullable<KeyFindings['ollama']>): string {
  return isFound ? `Ollama at ${plainLine(url)}, ${counted(models, 'model')}` : `no Ollama at ${plainLine(url)}`;
}
