/** The coding agents whose logs are known, with the names people read. `taffrail` is our own. */
export const agentLabels = {
  taffrail: 'taffrail',
  claude: 'Claude Code',
  codex: 'Codex',
  gemini: 'Gemini CLI',
  opencode: 'opencode',
  qwen: 'Qwen Code',
  copilot: 'Copilot CLI',
  pi: 'pi',
} as const;
export type AgentName = keyof typeof agentLabels;

/** The label of an agent; an unknown agent is shown by its own name. */
export function agentLabel(agent: string): string {
  return agentLabels[agent as AgentName] ?? agent;
}
