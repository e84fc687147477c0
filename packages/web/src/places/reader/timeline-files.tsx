/** The files that a turn changed: names first, with lines where they are known. */
import type { TurnFile } from '@taffrail/wire';
import { exactNumber } from '../../parts/format-number.js';

const namedMax = 3;
const inferredWords = 'as its calls of tools tell; commands may have changed more';
const comparedWords = 'as its folder differed after the turn';

export function TurnFiles({ files, count = files.length }: { files: readonly TurnFile[]; count?: number | undefined }) {
  const named = files.slice(0, namedMax);
  const rest = files.slice(namedMax);
  return (
    <span className="tl-files">
      {named.map((file) => (
        <span key={file.path} title={`${file.path}: ${file.inferred ? inferredWords : comparedWords}`}>
          {file.inferred ? (
            <span className="ink3" role="img" aria-label="inferred">
              ≈
            </span>
          ) : null}
          <span className="trunc">{nameOf(file.path)}</span>
          <Lines count={file.added} sign="+" />
          <Lines count={file.removed} sign="−" />
        </span>
      ))}
      {count > namedMax ? (
        <span title={restWords(rest, count - files.length)}>and {exactNumber(count - named.length)} more</span>
      ) : null}
    </span>
  );
}

/** What was not counted, or is none, is left out. */
function Lines({ count, sign }: { count: number | null; sign: '+' | '−' }) {
  if (count === null || count === 0) return null;
  return (
    <b className={sign === '+' ? 'plus' : 'minus'}>
      {sign}
      {exactNumber(count)}
    </b>
  );
}

const nameOf = (path: string): string => path.slice(path.replace(/\/+$/, '').lastIndexOf('/') + 1);

function restWords(rest: readonly TurnFile[], unnamed: number): string {
  return [...rest.map(({ path }) => path), ...(unnamed > 0 ? [`and ${exactNumber(unnamed)} more`] : [])].join('\n');
}
