/** The tools of the built-in agent. */
import type { Tool } from './contract.js';
import { edit } from './edit.js';
import { glob } from './glob.js';
import { grep } from './grep.js';
import { list } from './list.js';
import { read } from './read.js';
import { runCommand } from './run-command.js';
import { tasks } from './tasks.js';
import { title } from './title.js';
import { write } from './write.js';

export const builtinTools: readonly Tool[] = [
  read,
  write,
  edit,
  list,
  glob,
  grep,
  runCommand,
  tasks,
  title,
] as readonly Tool[];
