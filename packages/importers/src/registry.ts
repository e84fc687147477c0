/** All importers, in the order they are asked. */
import { claude } from './claude/index.js';
import type { Importer } from './contract.js';

export const importers: readonly Importer[] = [claude];
