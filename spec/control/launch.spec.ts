import { expect, it } from '@jest/globals';
import { lineOf } from '../../lib/control/launch.js';
import type { InstalledPlugin } from '../../lib/install/installed-plugin.js';
import { decodeArgv } from '../../lib/wire/argv.js';

const plugin: InstalledPlugin = {
  name: 'p',
  dir: '/data/p',
  home: '/data/p',
  executable: '/data/p/main.mjs',
  manifest: { version: 'v1', language: 'node', executable: 'main.mjs', sources: [], sinks: [], functions: ['f'] },
};

it.each([
  ['not of a default', undefined, undefined],
  ['of what its host was told', 60_000, 60_000],
  ['of as much as a timer can hold', Infinity, 2 ** 31 - 1],
])('a plugin hears how long it has at SIGTERM: %s', (_, killTimeout, heard) => {
  const settings = { dir: '/data', ...(killTimeout !== undefined && { killTimeout }) };
  const { args } = lineOf(plugin, { settings, ipcDir: '/s' });
  const argument = decodeArgv(args.at(-1));
  expect(argument).toMatchObject({ ipcDir: '/s' });
  expect(argument?.killTimeout).toBe(heard);
});
