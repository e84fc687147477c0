/** File names say what is inside, in full words. */
import { type HouseFile, isFixture } from './house.js';
import type { Rule } from './rule.js';

const houses = /^(packages|scripts|e2e|bench|interop)\//;
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$|^[a-z0-9]+(-[a-z0-9]+)*$/;
/** Names that others look for. */
const givenNames = ['README.md', 'LICENSE'];
const emptyWords = /(^|[-./])(utils?|helpers?|managers?|commons?|misc|shared)([-./]|$)/;

function partsOf(file: HouseFile): string[] {
  return houses.test(file.path) && !isFixture(file.path) ? file.path.split('/') : [];
}

export const nameRules: Rule[] = [
  {
    says: 'files and folders are named in kebab-case',
    find: (file) =>
      partsOf(file)
        .filter((part) => !givenNames.includes(part) && !kebabCase.test(part))
        .map((part) => `${file.path}: ${part}`),
    counterExample: { path: 'packages/web/src/SessionList.tsx', text: '' },
  },
  {
    says: 'no file or folder is called utils, helpers, manager or common: the name says nothing',
    find: (file) => (partsOf(file).some((part) => emptyWords.test(part)) ? [file.path] : []),
    counterExample: { path: 'packages/web/src/date-utils.ts', text: '' },
  },
];
