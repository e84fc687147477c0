/** Names of tools as people read them. */
import { expect, test } from 'vitest';
import { mcpNames, toolLabel } from './tool-name.js';

test.each([
  ['mcp__github__search_issues', 'github · search_issues'],
  ['mcp__a_b__c__d', 'a_b · c__d'],
  ['mcp____x', 'mcp____x'],
  ['mcp__github__', 'mcp__github__'],
  ['mcp__github', 'mcp__github'],
  ['read', 'read'],
])('E-beyond: %s is read as %s', (name, label) => {
  expect(toolLabel(name)).toBe(label);
});

test('E-beyond: a tool of no MCP server has no server', () => {
  expect(mcpNames('run_command')).toBeNull();
});
