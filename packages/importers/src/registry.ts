/** All importers, in the order they are asked. */
import { claude } from './claude/index.js';
import { codex } from './codex/index.js';
import type { Importer } from './contract.js';
import { copilot } from './copilot/index.js';
import { gemini } from './gemini/index.js';
import { opencode } from './opencode/index.js';
import { pi } from './pi/index.js';
import { qwen } from './qwen/index.js';

export const importers: readonly Importer[] = [qwen, gemini, claude, codex, copilot, opencode, pi];
