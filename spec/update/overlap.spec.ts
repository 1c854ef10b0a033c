import { expect, it } from '@jest/globals';
import { liveRule, pidOf, versionFolders } from '../helpers/live-rule.js';
import { eachLanguage, versionsOf } from '../helpers/versions.js';

eachLanguage(
  (language) => `an update of a ${language} plugin beside the old version`,
  (language) => {
    it('goes unnoticed by its rules', async () => {
      const versions = versionsOf(language);
      const { host, dir, rule, seen, statuses, plugin, flows, ends } = await liveRule(versions);
      const before = pidOf(plugin);
      const report = await host.plugins.update(versions.name, versions.version('v2'));
      await flows();
      expect(report).toMatchObject({
        name: versions.name,
        from: 'v1',
        to: 'v2',
        strategy: 'overlap',
        sources: [{ rule: rule.id, symbol: versions.source }],
        functions: [{ symbol: versions.echo }],
        sinks: [{ rule: rule.id, symbol: versions.file }],
      });
      expect(plugin.manifest.version).toBe('v2');
      expect(pidOf(plugin)).not.toBe(before);
      expect(statuses).toEqual(['running']);
      // One count after the other, none inside the other.
      const second = seen.lastIndexOf(0);
      expect(seen).toEqual([...seen.slice(0, second).keys(), ...seen.slice(second).keys()]);

      await host.plugins.update(versions.name, versions.version('v3'));
      await flows();
      expect(versionFolders(dir)).toHaveLength(1);
      await ends();
    });

    it('is taken back when the new version refuses what the old one runs', async () => {
      const versions = versionsOf(language);
      const { host, dir, statuses, plugin, flows, ends } = await liveRule(versions);
      const before = pidOf(plugin);
      const update = host.plugins.update(versions.name, versions.refusing('v2'));
      await expect(update).rejects.toMatchObject({
        code: 'ERR_SYMBOL_REFUSED',
        message: expect.stringContaining(`${versions.name} was not updated, v1 goes on`),
      });
      await flows();
      expect(plugin.manifest.version).toBe('v1');
      expect(pidOf(plugin)).toBe(before);
      expect(statuses).toEqual(['running']);
      expect(versionFolders(dir)).toEqual([]);
      await ends();
    });

    it('works when the old version has to go first', async () => {
      const versions = versionsOf(language);
      const { host, plugin, flows, ends } = await liveRule(versions);
      const before = pidOf(plugin);
      const report = await host.plugins.update(versions.name, versions.version('v2'), { strategy: 'replace' });
      expect(report).toMatchObject({ strategy: 'replace', sources: [{}], functions: [{}], sinks: [{}] });
      expect(pidOf(plugin)).not.toBe(before);
      await flows();
      await ends();
    });

    it('is taken back when the old version had to go first', async () => {
      const versions = versionsOf(language);
      const { host, dir, plugin, flows, ends } = await liveRule(versions);
      const update = host.plugins.update(versions.name, versions.refusing('v2'), { strategy: 'replace' });
      await expect(update).rejects.toMatchObject({ code: 'ERR_SYMBOL_REFUSED' });
      await flows();
      expect(plugin.manifest.version).toBe('v1');
      expect(versionFolders(dir)).toEqual([]);
      await ends();
    });
  },
);
