/** Finds the colours of code beside the page: compiling a grammar takes longer than a frame. */
import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import { grammars, type Language } from './languages.js';

export type HighlightOrder = { key: string; code: string; language: Language };
export type CodeToken = { text: string; colour: string | undefined };
/** `lines` is `null` where the code stays plain. */
export type HighlightAnswer = { key: string; lines: CodeToken[][] | null };

const highlighter = createHighlighterCore({
  themes: [createCssVariablesTheme({ name: 'tokens', variablePrefix: '--code-', fontStyle: false })],
  langs: [],
  // No WebAssembly: the page's policy allows none. A rule the engine can't take is skipped.
  engine: createJavaScriptRegexEngine({ forgiving: true }),
});
const loaded = new Map<Language, Promise<HighlighterCore>>();

function load(language: Language): Promise<HighlighterCore> {
  const known = loaded.get(language);
  if (known) return known;
  const loading = Promise.all([highlighter, grammars[language]()]).then(async ([core, module]) => {
    await core.loadLanguage(module.default);
    return core;
  });
  loaded.set(language, loading);
  return loading;
}

async function answer({ key, code, language }: HighlightOrder): Promise<HighlightAnswer> {
  try {
    const core = await load(language);
    const { tokens } = core.codeToTokens(code, { lang: language, theme: 'tokens' });
    return { key, lines: tokens.map((line) => line.map((token) => ({ text: token.content, colour: token.color }))) };
  } catch {
    // Without its grammar the code stays plain; nothing else depends on it.
    return { key, lines: null };
  }
}

self.addEventListener('message', (event: MessageEvent<HighlightOrder>) => {
  void answer(event.data).then((found) => self.postMessage(found));
});
