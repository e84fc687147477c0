/** Messages in the user's role: a person's prompts, what the program says in their name, and tools' results. */

import type { Sink } from '../contract.js';
import { baseOf, describe, recordItem, startTurn } from '../conversation.js';
import { type JsonObject, timeAt } from '../json.js';
import { shortHash, titleFrom } from '../text.js';
import { describeFolder, folderInContext } from './folder.js';
import { type Parts, readParts } from './parts.js';
import type { GeminiState } from './state.js';
import { readAnswers } from './tools.js';

// What the program itself says through the user's role.
const contextText = /^\s*(<session_context>|This is the Gemini CLI\. We are setting up the context)/;
const harnessTexts = [
  /^\s*<(hook_context|state_snapshot|system-reminder)>/,
  /^\s*System: (Potential loop detected|Please continue)/,
  /^\s*Here is (the user's editor context|a summary of changes in the user's editor context)/,
];

export function readUser(state: GeminiState, message: JsonObject, id: string, out: Sink): void {
  const at = timeAt(message, 'timestamp');
  const parts = readParts(message['content']);
  if (parts.answers.length > 0) {
    readAnswers(state, parts, baseOf(state, at), out);
    return;
  }
  if (readContext(state, parts.text, at, out)) return;
  if (parts.text === '' && parts.files.length === 0) return;
  if (harnessTexts.some((text) => text.test(parts.text))) {
    recordItem(baseOf(state, at), `message:${id}`, harnessMessage(parts.text), out);
    return;
  }
  startTurn(state, id, at, out);
  const typed = readParts(message['displayContent'] ?? message['content']).text;
  readPrompt(state, { id, at, typed, parts }, out);
}

interface Prompt {
  id: string;
  at: number | null;
  /** What the person typed; `parts` is what was sent. */
  typed: string;
  parts: Parts;
}

/** A person's prompt. What the program put into it (files that were named) follows as its own text. */
function readPrompt(state: GeminiState, { id, at, typed, parts }: Prompt, out: Sink): void {
  const base = baseOf(state, at);
  // What a sub-agent is told was written by the model that started it.
  const author = state.parentId ? 'harness' : 'human';
  const message = { type: 'message', role: 'user', author, text: typed } as const;
  recordItem(base, `message:${id}`, message, out, parts.files);
  if (parts.text !== typed) recordItem(base, `sent:${id}`, harnessMessage(parts.text), out);
  const title = state.titled ? undefined : titleFrom(typed);
  if (!title) return;
  state.titled = true;
  describe(base, `title:${id}`, { title }, out);
}

/** The environment text at the head of a conversation: told when it changes, and searched for the folder. */
export function readContext(state: GeminiState, text: string, at: number | null, out: Sink): boolean {
  if (!contextText.test(text)) return false;
  if (state.cwd === null) describeFolder(state, folderInContext(text), at, out);
  const name = shortHash(text);
  if (state.context === name) return true;
  state.context = name;
  const { sessionId } = state;
  recordItem({ sessionId, at }, `context:${name}`, harnessMessage(text), out);
  return true;
}

function harnessMessage(text: string) {
  return { type: 'message', role: 'user', author: 'harness', text } as const;
}
