/** Counts a Vitest run truthfully from its JSON report: what never got as far as a test counts as a failure too. */

function brokenFiles(json) {
  const hasFailedTest = (file) => file.assertionResults.some((test) => test.status === 'failed');
  return json.testResults.filter((file) => file.status === 'failed' && !hasFailedTest(file));
}

/**
 * `json`: Vitest's JSON report, null if it wrote none; `exitCode`: of the run, null if a signal ended it. A file that
 * fails to load, or whose hooks fail, is one failure; so is a run that fails without saying where.
 */
export function countTests({ json, exitCode }) {
  if (!json) return { passed: 0, failed: 1, notes: [`the test run wrote no report (exit code ${exitCode})`] };
  const broken = brokenFiles(json);
  const notes = broken.map((file) => `did not run: ${file.name}`);
  const skipped = json.numPendingTests + json.numTodoTests;
  if (skipped > 0) notes.push(`${skipped} skipped`);
  let failed = json.numFailedTests + broken.length;
  if (exitCode !== 0 && failed === 0) {
    failed = 1;
    notes.push(`the run failed outside any test (exit code ${exitCode})`);
  }
  return { passed: json.numPassedTests, failed, notes };
}
