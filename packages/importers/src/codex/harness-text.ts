/**
 * What the program says in a person's name: surroundings, instructions, notices. Newer logs mark each part of a
 * message with its kind; in older ones the wrapping tells.
 */
import { type JsonObject, objectAt, stringAt } from '../json.js';

/** Wrapped texts: how they begin and end, in any letter case. Not any tag: people write tags too. */
const wrappings: readonly (readonly [RegExp, RegExp])[] = [
  [/^# agents\.md instructions/i, /<\/instructions>$/i],
  ...[
    'environment_context',
    'user_instructions',
    'skill',
    'user_shell_command',
    'user_action',
    'turn_aborted',
    'subagent_notification',
    'recommended_plugins',
    'goal_context',
    'codex_internal_context',
    'hook_prompt',
  ].map((tag) => [new RegExp(`^<${tag}\\b[^>]*>`, 'i'), new RegExp(`</${tag}>$`, 'i')] as const),
  [/^<external_[\w-]+>/, /<\/external_[\w-]+>$/],
];

const notice =
  /^Warning: (apply_patch was requested via|Your account was flagged for|The maximum number of unified exec processes)/;

export function isHarnessText(text: string): boolean {
  const trimmed = text.trim();
  return notice.test(trimmed) || wrappings.some(([begin, end]) => begin.test(trimmed) && end.test(trimmed));
}

/** The kinds of a message's parts, where the log states one for each. */
export function kindsOf(message: JsonObject, parts: number): string[] | null {
  const kinds = objectAt(message, 'internal_chat_message_metadata_passthrough')['content_item_kinds'];
  if (!Array.isArray(kinds) || kinds.length !== parts) return null;
  return kinds.map((kind) => (typeof kind === 'string' ? kind : ''));
}

/** True for a part of a user's message that a person wrote or attached. */
export function isHumanPart(part: JsonObject, kind: string | undefined): boolean {
  if (kind !== undefined && kind !== '' && kind !== 'unknown') return /^(user|images|audio)\./.test(kind);
  return !isHarnessText(stringAt(part, 'text') ?? '');
}
