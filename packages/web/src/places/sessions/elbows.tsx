/** The lines that hang a row under the one above it. */

/** One step per level: a level that goes on below is a line, the row's own level is an elbow. */
export function Elbows({ lines }: { lines: boolean[] }) {
  return lines.map((goesOn, level) => {
    const isOwn = level === lines.length - 1;
    const path = isOwn
      ? goesOn
        ? 'M8.5 0V30M8.5 15.5H16'
        : 'M8.5 0V11.5a4 4 0 0 0 4 4H16'
      : goesOn
        ? 'M8.5 0V30'
        : '';
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a level is its index
      <svg key={level} className="elbow" viewBox="0 0 16 30" fill="none" stroke="currentColor" aria-hidden="true">
        <path d={path} />
      </svg>
    );
  });
}
