/** What `scripts/setup.mjs test` found on this machine, and suites that need it. */
import { describe, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type ToolchainName = 'go' | 'python' | 'nanomsg';
export type Toolchain = { readonly ok: true; readonly bin: string } | { readonly ok: false; readonly reason: string };

/** The working copy, with a slash at the end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

const record = `${root}.cache/toolchains.json`;
const unprepared: Toolchain = { ok: false, reason: 'not prepared, run: node scripts/setup.mjs test' };

/** `bin` is a full path: the Python of the environment, or the folder of the built Go fixtures. */
export function toolchain(name: ToolchainName): Toolchain {
  const found = existsSync(record) ? (JSON.parse(readFileSync(record, 'utf8')) as Record<string, Toolchain>) : {};
  const one = found[name] ?? unprepared;
  return one.ok ? { ok: true, bin: root + one.bin } : one;
}

/** A suite that skips with a printed reason where the toolchain is missing, and fails with `CI=true`. */
export function describeWith(name: ToolchainName, title: string, suite: (bin: string) => void): void {
  const found = toolchain(name);
  if (found.ok) {
    describe(title, () => suite(found.bin));
  } else if (process.env['CI'] === 'true') {
    describe(title, () => {
      it(`has ${name}`, () => Promise.reject(new Error(found.reason)));
    });
  } else {
    process.stderr.write(`skipped: ${title} (no ${name}: ${found.reason})\n`);
    describe.skip(title, () => suite(''));
  }
}
