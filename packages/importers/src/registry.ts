/** All importers, in the order they are asked. */
import { claude } from './claude/index.js';
import type { Importer } from './contract.js';
import { opencode } from './opencode/index.js';

export const importers: readonly Importer[] = [claude, opencode];
