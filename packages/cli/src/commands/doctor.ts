/** `taffrail doctor`: is the data sound, what was found where, what could not be read. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { withArchive } from '../archive/open.js';
import { Failure } from '../failure.js';
import type { Setting } from '../program.js';
import { examine } from './doctor-findings.js';
import { findingsText } from './doctor-text.js';

export interface DoctorOptions {
  home?: string;
  json?: true;
}

export async function doctorCommand(setting: Setting, options: DoctorOptions): Promise<void> {
  const { terminal, dataDir } = setting;
  const home = options.home === undefined ? homedir() : resolve(terminal.cwd, options.home);
  await withArchive(setting, async (archive) => {
    if (archive && terminal.showsProgress) terminal.err('Checking the data …\r');
    const findings = await examine(archive, { dataDir, env: terminal.env, home, now: terminal.now });
    if (archive && terminal.showsProgress) terminal.err('\u001b[K');
    await terminal.out(options.json ? `${JSON.stringify(findings, null, 2)}\n` : findingsText(findings, terminal));
    if (findings.integrity && findings.integrity.length > 0) {
      throw new Failure(`${findings.databasePath} is damaged; keep a copy, then import anew into another --data-dir`);
    }
  });
}
