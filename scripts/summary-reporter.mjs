/** Remembers what the run counted, for the last line that `scripts/test.mjs` prints. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export default class SummaryReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
    const file = process.env.RXPORT_TEST_SUMMARY;
    if (!file) return;
    // A file that does not even load fails as a whole and counts as one failure.
    const unloadable = testResults.filter(
      ({ testExecError, numFailingTests }) => testExecError && numFailingTests === 0,
    );
    const summary = {
      passed: numPassedTests,
      failed: numFailedTests + unloadable.length,
      skipped: numPendingTests + numTodoTests,
    };
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(summary));
  }
}
