/** Types of `bundle-program.mjs`, for its test. */
export function bundleProgram(outdir: string): Promise<string[]>;
