/** What a turn of a hosted agent is given: the ways into the log, as the built-in agent's turns have them. */
import type { Redactor, TurnEffects } from '@taffrail/agent';

export interface HostedEffects
  extends Pick<TurnEffects, 'append' | 'text' | 'blob' | 'state' | 'isUsed' | 'decision' | 'now' | 'newId'> {
  /** Why no budget allows another prompt now, in a sentence; `null` where it may be made. */
  refusal(): Promise<string | null>;
}

/** Where the rows of a turn belong. */
export interface HostedPlace {
  turnId: string;
  /** The session's folder. */
  root: string;
  redactor: Redactor;
}
