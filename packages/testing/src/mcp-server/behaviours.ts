/** How the fake MCP server misbehaves: words in FAKE_MCP. */

const behaviours = {
  silent: 'says nothing at all, not even that it is there',
  late: 'takes two seconds to start',
  broken: 'ends at once with an error',
  noisy: 'prints a greeting where only messages belong',
  endless: 'prints without an end, and without a line',
  many: 'has ten thousand tools',
  odd: 'has tools with odd names and schemas',
  lying: 'answers calls under other ids than they have',
} as const;

export function behaviour(name: keyof typeof behaviours): boolean {
  return (process.env['FAKE_MCP'] ?? '').split(' ').includes(name);
}
