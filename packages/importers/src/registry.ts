/** All importers, in the order they are asked. */
import { claude } from './claude/index.js';
import type { Importer } from './contract.js';
import { gemini } from './gemini/index.js';
import { opencode } from './opencode/index.js';

export const importers: readonly Importer[] = [gemini, claude, opencode];
