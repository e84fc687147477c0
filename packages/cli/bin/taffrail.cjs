#!/usr/bin/env node
/** The `taffrail` command: the bundle, with compiled code cached where Node can. Kept minimal for a fast start. */
const { existsSync } = require('node:fs');
const nodeModule = require('node:module');
const { join } = require('node:path');

const program = join(__dirname, '../../../dist/cli/taffrail.cjs');
if (existsSync(program)) {
  nodeModule.enableCompileCache?.();
  require(program);
} else {
  process.stderr.write('taffrail is not built here: run "npm run build" first\n');
  process.exitCode = 1;
}
