/** A command line without a shell: words and quotes, and nothing that only a shell would do. */
import { refuseHidden } from './hidden-characters.js';
import { Refusal } from './refusal.js';

const shellOnly: Readonly<Record<string, string>> = {
  $: 'a variable or substitution',
  '`': 'a substitution',
  '|': 'a pipe',
  ';': 'a second command',
  '&': 'a second command or the background',
  '<': 'a redirection',
  '>': 'a redirection',
  '(': 'a group',
  ')': 'a group',
  '*': 'a pattern for file names',
  '?': 'a pattern for file names',
  '[': 'a pattern for file names',
  '\n': 'a second line',
};

function refuseShell(character: string): never {
  const shown = character === '\n' ? 'A line break' : character;
  throw new Refusal(
    `${shown} means ${shellOnly[character]} and needs a shell: set shell to true, put it in single quotes, or pass it in args.`,
  );
}

/** Reads the line letter by letter; a word is null between words. */
class Splitter {
  readonly words: string[] = [];
  #word: string | null = null;
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  run(): string[] {
    for (; this.#at < this.#line.length; this.#at += 1) this.#take(this.#line.charAt(this.#at));
    this.#endWord();
    return this.words;
  }

  #take(character: string): void {
    if (character === ' ' || character === '\t') this.#endWord();
    else if (character === "'") this.#add(this.#upTo("'"));
    else if (character === '"') this.#doubleQuoted();
    else if (character === '\\') this.#add(this.#next());
    else if (character in shellOnly) refuseShell(character);
    else if (character === '#' && this.#word === null) {
      throw new Refusal('# begins a comment in a shell: put it in single quotes, or pass it in args.');
    } else this.#add(character);
  }

  #add(text: string): void {
    this.#word = (this.#word ?? '') + text;
  }

  #endWord(): void {
    if (this.#word !== null) this.words.push(this.#word);
    this.#word = null;
  }

  #next(): string {
    this.#at += 1;
    if (this.#at >= this.#line.length) throw new Refusal('The command ends with a backslash.');
    return this.#line.charAt(this.#at);
  }

  #upTo(quote: string): string {
    const end = this.#line.indexOf(quote, this.#at + 1);
    if (end === -1) throw new Refusal(`The command has a ${quote} that is not closed.`);
    const text = this.#line.slice(this.#at + 1, end);
    this.#at = end;
    return text;
  }

  #doubleQuoted(): void {
    this.#add('');
    for (;;) {
      this.#at += 1;
      const character = this.#line.charAt(this.#at);
      if (character === '"') return;
      if (character === '') throw new Refusal('The command has a " that is not closed.');
      if (character === '$' || character === '`') refuseShell(character);
      const escaped = character === '\\' && '"\\$`'.includes(this.#line.charAt(this.#at + 1) || ' ');
      this.#add(escaped ? this.#next() : character);
    }
  }
}

/**
 * Splits a command line into the program and its arguments. Single quotes keep everything, double quotes keep blanks, a
 * backslash keeps one character.
 * @throws Refusal where a shell would do more than that: expand, redirect, join commands, set a variable.
 */
export function splitCommand(line: string): [program: string, ...args: string[]] {
  refuseHidden('The command', line, '\n\t');
  const [program, ...args] = new Splitter(line).run();
  if (program === undefined || program === '') throw new Refusal('The command is empty.');
  if (/^[A-Za-z_]\w*=/.test(program)) {
    throw new Refusal(`${program} sets a variable, which needs a shell: set shell to true.`);
  }
  return [program, ...args];
}

/** Words as one line that a shell, and whoever is asked for permission, would read as the same words. */
export function commandText(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
