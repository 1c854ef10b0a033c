import { expect, it } from '@jest/globals';
import { liveRule } from '../helpers/live-rule.js';
import { describeWith } from '../helpers/toolchains.js';
import { versionsOf } from '../helpers/versions.js';

describeWith('nanomsg', 'an update over the nanomsg package', () => {
  it.each(['overlap', 'replace'] as const)('keeps the order of a source, and loses nothing (%s)', async (strategy) => {
    const versions = versionsOf('node');
    const { host, seen, plugin, flows, ends } = await liveRule(versions, { transport: 'nanomsg' });
    await host.plugins.update(versions.name, versions.version('v2'), { strategy });
    await flows();
    expect(plugin.manifest.version).toBe('v2');
    const second = seen.lastIndexOf(0);
    expect(seen).toEqual([...seen.slice(0, second).keys(), ...seen.slice(second).keys()]);
    await ends();
  });
});
