/**
 * Text that looks like what agents read and write: prose, code and command output over a vocabulary in which few words
 * are common and most are rare. Pools are made once and cut from, so that a gigabyte takes seconds; what is never the
 * same twice in real logs (hashes, addresses, temporary paths) is sprinkled in afresh.
 */
import type { Random } from './random.js';

const commonWords =
  'the of to and a in is it you that for on with this as be are from or an by not have at we if all can when use your which will one has more file code so function value test return type error line set new data run list add only user path name read write check first no should time change make result string number call state each does build case other out also need output then after into now start object server request index message module'.split(
    ' ',
  );
const syllables =
  'ba be bri ca co cra da de dor e en fa fi gra ha in ka lo ma mi na no or pa pre qua ra re sa se ta ti tor u va ve wi xo ya zi'.split(
    ' ',
  );
const symbols = ['—', '✓', '→', 'é', 'ü', '…', '日本', '⚠'];
const keywords = ['const', 'let', 'return', 'if', 'await', 'export function', 'import', 'throw new Error', 'for'];

const vocabularySize = 30_000;
const poolCharacters = 1_500_000;
// About as often as a hash, an address or a temporary path stands in real output.
const charactersPerNovelty = 700;

export type Style = 'prose' | 'code' | 'output';

export class Wording {
  readonly #random: Random;
  readonly #words: readonly string[];
  readonly #pools: Readonly<Record<Style, string>>;

  constructor(random: Random) {
    this.#random = random;
    this.#words = [
      ...commonWords,
      ...Array.from({ length: vocabularySize - commonWords.length }, () => this.#invent()),
    ];
    this.#pools = {
      prose: this.#fill(() => this.#sentence()),
      code: this.#fill(() => this.#codeLine()),
      output: this.#fill(() => this.#outputLine()),
    };
  }

  /** `characters` of text in a style. */
  text(style: Style, characters: number): string {
    const pool = this.#pools[style];
    let text = '';
    while (text.length < characters) {
      const length = Math.min(
        characters - text.length,
        this.#random.between(charactersPerNovelty / 2, charactersPerNovelty * 1.5),
      );
      const from = this.#random.between(0, pool.length - length - 1);
      text += pool.slice(from, from + length) + (text.length + length < characters ? this.#novelty() : '');
    }
    return text.slice(0, characters);
  }

  word(): string {
    return this.#words[Math.floor(vocabularySize ** this.#random.next()) - 1] ?? 'the';
  }

  path(): string {
    const folder = this.#random.pick(['src', 'lib', 'test', 'packages/core/src', 'app/models']);
    return `${folder}/${this.word()}-${this.word()}.${this.#random.pick(['ts', 'py', 'go', 'rs', 'md'])}`;
  }

  #invent(): string {
    return Array.from({ length: this.#random.between(2, 4) }, () => this.#random.pick(syllables)).join('');
  }

  #fill(line: () => string): string {
    const lines: string[] = [];
    for (let length = 0; length < poolCharacters; ) {
      const next = line();
      lines.push(next);
      length += next.length;
    }
    return lines.join('');
  }

  #sentence(): string {
    const words = Array.from({ length: this.#random.between(5, 18) }, () => this.word()).join(' ');
    const mark = this.#random.chance(0.05) ? ` ${this.#random.pick(symbols)}` : '';
    return `${words[0]?.toUpperCase()}${words.slice(1)}${mark}.${this.#random.chance(0.2) ? '\n\n' : ' '}`;
  }

  #codeLine(): string {
    const indent = '  '.repeat(this.#random.between(0, 3));
    const name = `${this.word()}${this.word()[0]?.toUpperCase()}${this.word()}`;
    const value = this.#random.chance(0.4)
      ? `'${this.word()}'`
      : `${this.word()}.${this.word()}(${this.word()}, ${this.#random.between(0, 99)})`;
    return `${indent}${this.#random.pick(keywords)} ${name} = ${value};\n`;
  }

  #outputLine(): string {
    const line = this.#random.between(1, 900);
    const mark = this.#random.chance(0.1) ? `${this.#random.pick(symbols)} ` : '';
    return `${mark}${this.path()}:${line}:${this.#random.between(1, 80)}\t${this.word()} ${this.word()} "${this.word()}" ${this.word()} (${this.#random.between(0, 5000)} ms)\n`;
  }

  #novelty(): string {
    const { between, hex } = {
      between: this.#random.between.bind(this.#random),
      hex: this.#random.hex.bind(this.#random),
    };
    return this.#random.pick([
      () => ` ${hex(40)} `,
      () => ` 0x${hex(8)} `,
      () => ` /tmp/${this.word()}-${hex(6)}.log\n`,
      () => ` ${between(1e6, 1e9)} `,
    ])();
  }
}
