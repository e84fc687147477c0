/** Lines that came, and lines that went, of a changed file. */
import { Unknown } from '../../parts/figure.js';

type Count = { count: number | null; sign: '+' | '−' };

/** Nothing for 0; for what was not counted, why. */
export function LineCount({ count, sign }: Count) {
  if (count === null) return <Unknown why="Its lines were not counted: it is not a text, or too long" />;
  if (count === 0) return null;
  return (
    <span className={sign === '+' ? 'plus' : 'minus'}>
      {sign}
      {count}
    </span>
  );
}

/** Two cells of a table of files. */
export function LineCounts({ added, removed }: { added: number | null; removed: number | null }) {
  return (
    <>
      <td className="num files-n">
        <LineCount count={added} sign="+" />
      </td>
      <td className="num files-n">
        <LineCount count={removed} sign="−" />
      </td>
    </>
  );
}
