/** Two cells of a table of files: lines that came, and lines that went. */
import { Unknown } from '../../parts/figure.js';

export function LineCounts({ added, removed }: { added: number | null; removed: number | null }) {
  return (
    <>
      <Lines count={added} sign="+" className="plus" />
      <Lines count={removed} sign="−" className="minus" />
    </>
  );
}

function Lines({ count, sign, className }: { count: number | null; sign: string; className: string }) {
  return (
    <td className="num files-n">
      {count === null ? (
        <Unknown why="Its lines were not counted: it is not a text, or too long" />
      ) : count === 0 ? null : (
        <span className={className}>
          {sign}
          {count}
        </span>
      )}
    </td>
  );
}
