/** What a session's own sum leaves out, in sentences: sub-agents, copies, and what the agent itself counted otherwise. */
import type { CrossCheck, SessionSummary } from '@taffrail/wire';
import { counted, exactNumber } from '../words/figures.js';
import { plainLine } from '../words/plain-text.js';
import type { TranscriptHead } from './transcript.js';
import { usageLine } from './turn-usage.js';

export function spendingNotes({ session, usage }: TranscriptHead): string[] {
  const { usageWithSubAgents: all, inherited } = usage;
  const withOthers =
    all && session.childCount > 0 ? [`With its ${counted(session.childCount, 'sub-agent')}: ${usageLine(all)}.`] : [];
  const copies = inherited ? [`Copied from another session and counted there: ${usageLine(inherited)}.`] : [];
  return [...withOthers, ...copies, ...usage.crossChecks.flatMap((check) => crossCheckNotes(check, session))];
}

/** Nothing where both agree, or where there is nothing to compare. */
function crossCheckNotes(check: CrossCheck, session: SessionSummary): string[] {
  return (['inputTokens', 'outputTokens'] as const).flatMap((field) => {
    const [claimed, difference] = [check[field], check.difference[field]];
    if (claimed === null || difference === null || difference === 0) return [];
    const word = field === 'inputTokens' ? 'input' : 'output';
    const figures = `The log says ${exactNumber(claimed)} ${word} tokens, its requests ${exactNumber(claimed - difference)}`;
    return [`${figures}: ${gap(difference, whoseElse(check, session))} (${plainLine(check.source)})`];
  });
}

function gap(difference: number, elsewhere: string): string {
  const size = exactNumber(Math.abs(difference));
  if (difference < 0) return `its total leaves ${size} out.`;
  return elsewhere
    ? `${size} are ${elsewhere}, or were not recorded one by one.`
    : `${size} were not recorded one by one.`;
}

/** Whose tokens the agent's total may count besides this session's own. */
function whoseElse(check: CrossCheck, session: SessionSummary): string {
  const names = [
    check.includesInherited && session.forkedFrom !== null ? 'from the session it was copied from' : '',
    check.includesSubAgents && session.childCount > 0 ? 'its sub-agents’' : '',
  ];
  return names.filter(Boolean).join(' or ');
}
