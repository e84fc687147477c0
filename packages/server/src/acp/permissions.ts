/** Permissions of hosted agents: what is answered by the rules, what a person is asked, and which option that means. Pure. */
import type { PermissionOption, RequestPermissionResponse } from '@agentclientprotocol/sdk/unstable';
import { decide, type Permissions, type Rule } from '@taffrail/agent';
import type { PermissionDecision } from '@taffrail/wire';

export interface HostedCall {
  /** The tool's own name. */
  tool: string;
  /** The kind of it in the protocol's words: read, edit, execute … */
  kind: string;
  /** What it is about to do, in the agent's words. */
  subject: string;
}

// A prefix keeps names apart from those of the built-in tools, some of which are allowed by default.
const apart = (name: string) => `hosted ${name}`;

/**
 * The strictest of what the agent's permissions say for the tool's name and for its kind, with patterns over the subject;
 * where they say nothing, a person is asked. What a person has always allowed in this session is not asked again.
 */
export function hostedRule(
  permissions: Permissions,
  allowed: readonly { tool: string; pattern: string }[],
  { tool, kind, subject }: HostedCall,
): Rule {
  const configured = [tool, kind].flatMap((name): Rule[] => {
    const entry = Object.hasOwn(permissions, name) ? permissions[name] : undefined;
    return entry === undefined ? [] : [decide({ [apart(name)]: entry }, apart(name), subject)];
  });
  if (configured.includes('deny')) return 'deny';
  if (configured.includes('allow') && !configured.includes('ask')) return 'allow';
  const patterns = allowed.flatMap((one) => (one.tool === tool ? [[one.pattern, 'allow'] as const] : []));
  return decide({ [apart(tool)]: { ...Object.fromEntries(patterns), '*': 'ask' } }, apart(tool), subject);
}

/** In which order the agent's options stand for a decision. */
const preferred = {
  allow: ['allow_once', 'allow_always'],
  always: ['allow_always', 'allow_once'],
  deny: ['reject_once', 'reject_always'],
  expired: [],
} as const satisfies Record<PermissionDecision, readonly PermissionOption['kind'][]>;

/** The agent's option that a decision means; where it offers none, its call is cancelled. */
export function optionFor(
  decision: PermissionDecision,
  options: readonly PermissionOption[],
): RequestPermissionResponse {
  for (const kind of preferred[decision]) {
    const option = options.find((one) => one.kind === kind);
    if (option) return { outcome: { outcome: 'selected', optionId: option.optionId } };
  }
  return { outcome: { outcome: 'cancelled' } };
}
