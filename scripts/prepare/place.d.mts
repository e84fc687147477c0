/** Types of place.mjs, for its test. */
export function place(build: { from: string; to: string; last: string[]; keep: string[] }): string[];
