/** The seed of random tests: another one each time and printed in their names; `TAFFRAIL_SEED` repeats a run. */
export const randomSeed = (): number => Number(process.env['TAFFRAIL_SEED'] ?? Date.now() & 0x7fffffff);
