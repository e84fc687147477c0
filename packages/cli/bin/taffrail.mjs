#!/usr/bin/env node
/** The `taffrail` command: the bundle, with compiled code cached where Node can. Kept minimal for a fast start. */
import { existsSync } from 'node:fs';
import * as module from 'node:module';

const program = new URL('../../../dist/cli/taffrail.mjs', import.meta.url);
if (existsSync(program)) {
  module.enableCompileCache?.();
  await import(program.href);
} else {
  process.stderr.write('taffrail is not built here: run "npm run build" first\n');
  process.exitCode = 1;
}
