import { expect, it } from '@jest/globals';
import { join } from 'node:path';
import { ownDependency } from '../../lib/packing/own-dependency.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

/** What npm writes when it installs the package. */
const locked = (resolved: string): string => JSON.stringify({ packages: { 'node_modules/rxport': { resolved } } });

it.each([
  ['a registry', locked('https://host/rxport/-/rxport-1.2.3.tgz'), () => '^1.2.3'],
  ['a file', locked('file:../rxport-1.2.3.tgz'), (home: string) => `file:${join(home, '../rxport-1.2.3.tgz')}`],
  ['git', locked('git+ssh://git@host/a/rxport.git#1f'), () => 'git+ssh://git@host/a/rxport.git#1f'],
  ['an address', locked('https://host/files/rxport-1.2.3.tgz'), () => 'https://host/files/rxport-1.2.3.tgz'],
  ['a link', locked('../rxport'), () => '^1.2.3'],
  ['nobody knows where', '{}', () => '^1.2.3'],
  ['another package manager', 'lockfileVersion: 9', () => '^1.2.3'],
])('a copy from %s is named by that', async (_, lock, expected) => {
  const home = tempFolder();
  await writeTree(home, { 'node_modules/.package-lock.json': lock });
  expect(await ownDependency(join(home, 'node_modules/rxport'), '1.2.3')).toBe(expected(home));
});

it('a copy within another package is named by the lock of the whole tree', async () => {
  const home = tempFolder();
  const copy = 'node_modules/other/node_modules/rxport';
  const packages = {
    'node_modules/rxport': { resolved: 'git+ssh://git@host/a/rxport.git#1f' },
    [copy]: { resolved: 'file:../rxport-1.2.3.tgz' },
  };
  await writeTree(home, { 'node_modules/.package-lock.json': JSON.stringify({ packages }) });
  expect(await ownDependency(join(home, copy), '1.2.3')).toBe(`file:${join(home, '../rxport-1.2.3.tgz')}`);
});

it('a working copy is named by its folder', async () => {
  expect(await ownDependency('/home/a/rxport', '1.2.3')).toBe('file:/home/a/rxport');
});
