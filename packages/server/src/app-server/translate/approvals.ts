/** A question of a tool as other clients are asked it, and their answers. */
import type { SessionState } from '@taffrail/session';
import type { OpenPermission, PermissionDecision } from '@taffrail/wire';
import { type ApprovalRequest, approvalAnswerSchema } from '../wire/approvals.js';
import { callKind } from './items.js';

/** `null` where the question belongs to no turn. */
export function approvalOf(
  threadId: string,
  question: OpenPermission,
  { description }: Pick<SessionState, 'description'>,
): ApprovalRequest | null {
  if (question.turnId === null) return null;
  const asked = {
    threadId,
    turnId: question.turnId,
    itemId: `call:${question.callId}`,
    startedAtMs: Date.parse(question.askedAt),
    reason: null,
  };
  if (callKind(question.tool) === 'file') return { method: 'item/fileChange/requestApproval', params: asked };
  const command = callKind(question.tool) === 'command' ? question.subject : `${question.tool} ${question.subject}`;
  return {
    method: 'item/commandExecution/requestApproval',
    params: {
      ...asked,
      command,
      cwd: description.cwd ?? '/',
      commandActions: [{ type: 'unknown', command }],
      availableDecisions: ['accept', 'acceptForSession', 'decline', 'cancel'],
    },
  };
}

export interface Decided {
  decision: Exclude<PermissionDecision, 'expired'>;
  /** The client wants the turn to end with it. */
  stops: boolean;
}

const decisions: Readonly<Record<string, Decided>> = {
  accept: { decision: 'allow', stops: false },
  acceptForSession: { decision: 'always', stops: false },
  // The rule that comes with it is the client's own: only this once is what both sides understand alike.
  acceptWithExecpolicyAmendment: { decision: 'allow', stops: false },
  decline: { decision: 'deny', stops: false },
  cancel: { decision: 'deny', stops: true },
};

/** What a client decided; `null` where nobody understands it: the question stays open. */
export function decidedBy(result: unknown): Decided | null {
  const answer = approvalAnswerSchema.safeParse(result);
  if (!answer.success) return null;
  const { decision } = answer.data;
  const name = typeof decision === 'string' ? decision : Object.keys(decision)[0];
  return (name !== undefined && Object.hasOwn(decisions, name) && decisions[name]) || null;
}
