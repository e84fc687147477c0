/** Types of count-tests.mjs, for its test. */
export interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; status: string; assertionResults: { status: string }[] }[];
}
export function countTests(run: { json: VitestReport | null; exitCode: number | null }): {
  passed: number;
  failed: number;
  notes: string[];
};
