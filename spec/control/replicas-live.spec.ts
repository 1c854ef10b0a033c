import { expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from '../../lib/index.js';
import { startHost } from '../helpers/host.js';
import { processesOf } from '../helpers/leftovers.js';
import { pidPlugin } from '../helpers/pid-plugin.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { eachLanguage } from '../helpers/versions.js';

const pidsOf = ({ replicas }: Plugin): readonly number[] =>
  replicas.flatMap((state) => (state.phase === 'ready' ? [state.pid] : []));

eachLanguage(
  (language) => `replicas of a ${language} plugin`,
  (language) => {
    it('answer the functions, and end with the host', async () => {
      const plugin = pidPlugin(language);
      const dir = join(tempFolder(), 'data');
      const host = await startHost({ dir, replicas: { [plugin.name]: 3 } });
      const view = await host.plugins.install(plugin.dir);
      await until(() => pidsOf(view).length === 3, 'all processes');
      const answering = new Set<unknown>();
      for (let round = 0; answering.size < 3 && round < 50; round += 1) {
        const calls = Array.from({ length: 9 }, () => host.function(plugin.pid).exec());
        for (const pid of await Promise.all(calls)) answering.add(pid);
      }
      expect([...answering].sort()).toEqual([...pidsOf(view)].sort());
      expect(view.state).toBe(view.replicas[0]);
      await host.stop();
      expect(processesOf(join(dir, 'plugins'), [plugin.name])).toEqual([]);
      expect(readdirSync(join(dir, 'run'))).toEqual([]);
    });
  },
);
