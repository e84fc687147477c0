/** What could not be read, with file and line. */
import type { ImportProblem } from '@taffrail/wire';
import { counted, exactNumber } from '../../parts/format-number.js';
import { tildePath } from '../../parts/format-path.js';

const shownMax = 100;

const kinds: Record<ImportProblem['kind'], string> = {
  unreadable: 'The file can’t be read',
  not_json: 'Not JSON',
  too_long: 'Too long',
  wrong_shape: 'Unexpected shape',
  bad_number: 'Not a number',
  unknown_record: 'Unknown kind of record',
  incomplete: 'Cut off',
  rewritten: 'Rewritten',
};

export function ProblemList({ problems }: { problems: readonly ImportProblem[] }) {
  const shown = problems.slice(0, shownMax);
  return (
    <ul className="problems">
      {shown.map((problem) => (
        <li key={`${problem.path}:${problem.line}:${problem.kind}:${problem.message}`}>
          <span className="mono trunc" title={problem.path}>
            {tildePath(problem.path)}
            {problem.line === null ? '' : `:${problem.line}`}
          </span>
          <span className="strong nowrap">{kinds[problem.kind]}</span>
          <span className="trunc ink2" title={problem.message}>
            {problem.message}
          </span>
          <span className="num ink3">{problem.count > 1 ? `× ${exactNumber(problem.count)}` : ''}</span>
        </li>
      ))}
      {problems.length === 0 ? <li className="ink3">The server keeps no details of them.</li> : null}
      {problems.length > shown.length ? (
        <li className="ink3">{counted(problems.length - shown.length, 'more')}; `taffrail doctor` lists them all.</li>
      ) : null}
    </ul>
  );
}
