import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { ERROR_CODES } from '../../lib/errors/codes.js';
import { root } from '../helpers/toolchains.js';

/** | `ERR_X` | 400 | 2 | what happened | what to do | */
const ROW = /^\| `(ERR_\w+)` \| (\d+) \| (\d+) \| (.+) \| (.+) \|$/gm;

const rows = [...readFileSync(`${root}docs/errors.md`, 'utf8').matchAll(ROW)];

it('lists each error code once, with its status and its exit code', () => {
  const listed = rows.map(([, code, http, exit]) => [code, { http: Number(http), exit: Number(exit) }]);
  expect(listed).toEqual(Object.entries(ERROR_CODES));
});
