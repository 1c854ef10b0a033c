import { expect, it } from '@jest/globals';
import { isImportable } from '../../lib/service/find-rule-files.js';

it.each([
  ['/r/a.ts', true],
  ['/r/a.mts', true],
  ['/r/a.cjs', true],
  ['/r/a.tsx', true],
  ['/r/a.json', true],
  ['/r/a.node', true],
  ['/r/lib', true],
  ['/r.d/lib', true],
  ['/r/data.csv', false],
  ['/r/out.ndjson', false],
  ['/r/state.db-wal', false],
  ['/r/a.ts~', false],
])('%s can be imported: %s', (path, expected) => {
  expect(isImportable(path)).toBe(expected);
});
