import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Host } from '../../lib/index.js';
import { startHost } from '../helpers/host.js';
import { openBelow } from '../helpers/open-below.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { zipped } from '../helpers/zipped.js';

// An installation whose zip is being unpacked. What nobody catches fails the case that it happens in.

let zip: string;
let name: string;
let dir: string;
let host: Host;
beforeAll(() => {
  const plugin = scriptedPlugin();
  name = plugin.name;
  for (let file = 0; file < 8; file++)
    writeFileSync(join(plugin.dir, `f${file}`), randomBytes(1_000_000).toString('hex'));
  zip = zipped(plugin.dir, name).path;
});
beforeEach(async () => {
  dir = join(tempFolder(), 'data');
  host = await startHost({ dir });
});
afterEach(async () => {
  await host.stop();
  await until(() => openBelow(dir).length === 0, 'every file to be closed');
  expect(list(join(dir, 'plugins/.staging'))).toEqual([]);
});

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}

/** As soon as so many of its large files are there: others are under way then. */
const unpacking = (files: number): Promise<unknown> =>
  until(() => list(join(dir, 'plugins/.staging')).filter((file) => /^f\d$/.test(basename(file))).length >= files);

const begun = (signal?: AbortSignal): Promise<unknown> =>
  host.plugins.install(zip, { name, ...(signal && { signal }) }).catch((error: unknown) => error);

it('is taken back by its signal, at whatever moment, and comes when it is asked for again', async () => {
  for (const files of [1, 2, 4, 7]) {
    const controller = new AbortController();
    const reason = new Error('enough');
    const installed = begun(controller.signal);
    await unpacking(files);
    controller.abort(reason);
    expect(await installed).toBe(reason);
    expect([host.plugins.list(), host.plugins.installing()]).toEqual([[], []]);
  }
  expect(await begun()).toMatchObject({ name, state: { phase: 'ready' } });
});

it('is taken back by the removal of its plugin', async () => {
  for (const files of [1, 4, 7]) {
    const installed = begun();
    await unpacking(files);
    await host.plugins.remove(name);
    expect(await installed).toMatchObject({ code: 'ERR_PLUGIN_STOPPED' });
    expect([host.plugins.list(), host.plugins.installing()]).toEqual([[], []]);
  }
});

it.each([1, 3, 7])('is taken back by the stop of the host, with %d files there', async (files) => {
  const installed = begun();
  await unpacking(files);
  await host.stop();
  expect(await installed).toMatchObject({ code: 'ERR_HOST_STOPPED' });
});
