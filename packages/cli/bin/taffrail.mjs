#!/usr/bin/env node
/** What clones that were installed before link to as `taffrail`: the command, which starts faster without Node's module loader. */
import './taffrail.cjs';
