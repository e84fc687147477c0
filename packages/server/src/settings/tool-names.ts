/** The tools that an agent may have or not. What only names a session is for all, so nobody chooses it. */
import { agentToolName, builtinTools } from '@taffrail/agent';

export const toolNames: readonly string[] = [
  ...builtinTools.filter(({ isQuiet = false }) => !isQuiet).map(({ name }) => name),
  agentToolName,
];
