/** Names and folders that no other spec file and no other run on this machine has. */
import { afterAll, expect } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const run = process.env['RXPORT_TEST_RUN'] ?? process.pid.toString(36);
// Every file of a run counts from one again: the hash of its path keeps their names apart.
const file = createHash('sha256')
  .update(run + (expect.getState().testPath ?? ''))
  .digest()
  .readUIntBE(0, 6)
  .toString(36)
  .slice(-5);
const folders: string[] = [];
let count = 0;

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** `rxt-k3f9az1c2e-1`, or `mirror-rxt-k3f9az1c2e-1`; right for plugins, symbols, rules, and parts of a socket path. */
export const unique = (prefix = ''): string => `${prefix}${prefix && '-'}rxt-${run}${file}-${(++count).toString(36)}`;

/** A new folder with a short path, removed after the spec file. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'f-'));
  folders.push(folder);
  return folder;
}
