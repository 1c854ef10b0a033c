/** Runs Jest with the given arguments; the last line is `N passed, N failed, N skipped`. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// One file per run: two runs may share the folder.
const summaryFile = `${root}.cache/test-summary-${randomUUID()}.json`;

const { status, signal, error } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    `${root}node_modules/jest/bin/jest.js`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, RXPORT_TEST_SUMMARY: summaryFile } },
);
if (error) console.error(`jest did not start: ${error.message}`);

const summary = readSummary();
if (summary) console.log(`${summary.passed} passed, ${summary.failed} failed, ${summary.skipped} skipped`);
process.exitCode = signal ? 128 + constants.signals[signal] : (status ?? 1);

/** Nothing when Jest ran no test: `--help`, `--listTests`, or it did not get that far. */
function readSummary() {
  try {
    return JSON.parse(readFileSync(summaryFile, 'utf8'));
  } catch {
    return undefined;
  } finally {
    rmSync(summaryFile, { force: true });
  }
}
