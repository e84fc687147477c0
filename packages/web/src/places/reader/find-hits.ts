/** Walking the hits of a search in a session. */

/** The first hit after a place, or the last before it; round the end when there is none. */
export function nextFrom(hits: readonly number[], seq: number, step: 1 | -1): number | undefined {
  if (step === 1) return hits.find((hit) => hit > seq) ?? hits[0];
  return hits.findLast((hit) => hit < seq) ?? hits.at(-1);
}
