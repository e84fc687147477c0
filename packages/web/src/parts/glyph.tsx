/** The agent's glyph: two letters on its series tint. The same agent has the same colour everywhere. */
import { agentLabel } from '@taffrail/wire';
import type { CSSProperties } from 'react';

const glyphs: Record<string, { letters: string; series: number }> = {
  taffrail: { letters: 'tf', series: 1 },
  claude: { letters: 'cc', series: 2 },
  codex: { letters: 'cx', series: 3 },
  opencode: { letters: 'oc', series: 4 },
  gemini: { letters: 'ge', series: 5 },
  qwen: { letters: 'qw', series: 6 },
  copilot: { letters: 'gh', series: 6 },
  pi: { letters: 'pi', series: 6 },
};

/** Which series colour an agent has; 6, the colour of everything else, where it has none of its own. */
export function agentSeries(agent: string): number {
  return glyphs[agent]?.series ?? 6;
}

/** The CSS colour of an agent in charts. Agents without a colour of their own share the last one. */
export function agentColour(agent: string): string {
  return `var(--color-series-${agentSeries(agent)})`;
}

export function Glyph({ agent }: { agent: string }) {
  const letters = glyphs[agent]?.letters ?? agent.slice(0, 2).toLowerCase();
  return (
    <span
      className="glyph"
      style={{ '--g': agentColour(agent) } as CSSProperties}
      title={agentLabel(agent)}
      aria-hidden
    >
      {letters}
    </span>
  );
}
