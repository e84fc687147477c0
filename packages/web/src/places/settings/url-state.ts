/** The state of Settings: which section is in sight. */
import { oneOf } from '../../app/search-params.js';

export const sections = [
  'keys',
  'agents',
  'permissions',
  'mcp',
  'import',
  'prices',
  'budgets',
  'notices',
  'theme',
  'about',
] as const;
export type Section = (typeof sections)[number];
export type SettingsSearch = { section?: Section };

export function settingsSearchOf(raw: Record<string, unknown>): SettingsSearch {
  const section = oneOf(raw.section, sections);
  return section ? { section } : {};
}
