/** Where a row stands: what its data need not say again. */
export interface LeanPlace {
  /** The fact's identity in its session. */
  key: string | null;
  /** Epoch milliseconds. */
  at: number;
  turnId: string | null;
}

/** The id within a key such as `span:ID` or `span:ID:end`; `null` where the key is of another form. */
export function idIn(key: string | null, before: string, after = ''): string | null {
  if (key === null || !key.startsWith(before) || !key.endsWith(after)) return null;
  return key.length > before.length + after.length ? key.slice(before.length, key.length - after.length) : null;
}
