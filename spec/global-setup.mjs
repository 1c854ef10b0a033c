/**
 * Marks the run, so that `global-teardown.mjs` can tell what it left behind from what other runs on this machine use.
 *
 * Processes carry the id in their environment, names made by `helpers/unique.ts` carry it in their text, and whatever
 * asks for the temporary folder gets one that belongs to the run.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';

export default function globalSetup() {
  const run = randomInt(36 ** 5, 36 ** 6).toString(36);
  process.env.RXPORT_TEST_RUN = run;
  // Short, and under /tmp whatever TMPDIR was: socket paths end at 107 bytes.
  process.env.TMPDIR = `/tmp/rxt-${run}`;
  mkdirSync(process.env.TMPDIR, { mode: 0o700 });
}
