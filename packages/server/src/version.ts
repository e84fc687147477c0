/** This program's version, as `--version`, `/meta` and exports say it. */
import packageFile from '../package.json' with { type: 'json' };

export const version: string = packageFile.version;
