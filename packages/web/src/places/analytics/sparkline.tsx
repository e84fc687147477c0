/** The days as a small line; days nobody reported are gaps. */

const width = 74;
const height = 18;

/** Path segments through the values that are known. */
export function sparkPath(values: readonly (number | null)[]): { path: string; last: { x: number; y: number } | null } {
  const known = values.filter((value) => value !== null);
  const most = Math.max(...known, 0);
  if (known.length < 2 || most === 0) return { path: '', last: null };
  const least = Math.min(...known);
  const range = most - least || most;
  let path = '';
  let isOpen = false;
  let last: { x: number; y: number } | null = null;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isOpen = false;
      continue;
    }
    const x = 1 + (index / Math.max(1, values.length - 1)) * (width - 4);
    const y = height - 3 - ((value - least) / range) * (height - 6);
    path += `${isOpen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    isOpen = true;
    last = { x, y };
  }
  return { path, last };
}

export function Sparkline({ values }: { values: readonly (number | null)[] }) {
  const { path, last } = sparkPath(values);
  if (!last) return null;
  return (
    <svg
      className="spark"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={path} fill="none" stroke="var(--color-ink-4)" strokeWidth="1.25" strokeLinejoin="round" />
      <circle cx={last.x} cy={last.y} r="1.75" fill="var(--color-accent)" />
    </svg>
  );
}
