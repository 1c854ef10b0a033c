import { expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../helpers/alive.js';
import { statusOf } from '../helpers/parts.js';
import { pidsOf, processesLeft as left, replicated, versionOf } from '../helpers/replicated.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { eachLanguage } from '../helpers/versions.js';

eachLanguage(
  (language) => `replicas of a ${language} plugin`,
  (language) => {
    it('answer the functions, and end with the host', async () => {
      const all = await replicated(language, 3);
      const traffic = all.traffic();
      await traffic.from(pidsOf(all.view));
      expect(await traffic.ends()).toEqual([]);
      expect(all.view.state).toBe(all.view.replicas[0]);
      await all.host.stop();
      expect(left(all)).toEqual([]);
      expect(readdirSync(join(all.data, 'run'))).toEqual([]);
    });

    it('go on when one of them is killed, be it the first, and it comes back', async () => {
      const all = await replicated(language, 2);
      const rule = all.host.rule(unique('r'), ({ call, stopping$ }) => stopping$.pipe(call(all.pid, () => [])));
      await statusOf(rule, 'running');
      const phases: string[] = [];
      rule.status$.subscribe(({ phase }) => phases.push(phase));
      const traffic = all.traffic();
      for (const victim of [1, 0]) {
        const pids = pidsOf(all.view);
        process.kill(pids[victim] ?? 0, 'SIGKILL');
        await until(() => pidsOf(all.view).length === 1, 'one is gone');
        await traffic.from(pidsOf(all.view));
        const back = await all.ready(2);
        expect(back).not.toContain(pids[victim]);
        await traffic.from(back);
      }
      expect(await traffic.ends()).toEqual([]);
      expect(phases).toEqual(['running']);
    });

    it('are replaced in an update, one of them killed meanwhile, without a failed call', async () => {
      const all = await replicated(language, 3);
      const traffic = all.traffic();
      const before = pidsOf(all.view);
      await traffic.from(before);
      const update = all.host.plugins.update(all.name, versionOf(all, 'v2'));
      process.kill(before[1] ?? 0, 'SIGKILL');
      expect(await update).toMatchObject({ to: 'v2', strategy: 'overlap', functions: [{ symbol: all.pid }] });
      const after = await all.ready(3);
      await traffic.from(after);
      expect(await traffic.ends()).toEqual([]);
      expect(after.filter((pid) => before.includes(pid))).toEqual([]);
      expect(before.filter(isAlive)).toEqual([]);
      expect(left(all)).toHaveLength(3);
    });

    it('all end before a version that has to come alone', async () => {
      const all = await replicated(language, 2);
      const traffic = all.traffic();
      const before = pidsOf(all.view);
      await traffic.from(before);
      const report = await all.host.plugins.update(all.name, versionOf(all, 'v2'), { strategy: 'replace' });
      expect(report).toMatchObject({ strategy: 'replace', functions: [{ symbol: all.pid }] });
      await traffic.from(await all.ready(2));
      expect(await traffic.ends()).toEqual([]);
      expect(before.filter(isAlive)).toEqual([]);
    });

    it('are gone when their plugin is removed', async () => {
      const all = await replicated(language, 3);
      const traffic = all.traffic();
      await traffic.from(pidsOf(all.view));
      await traffic.ends();
      await all.host.plugins.remove(all.name);
      expect(left(all)).toEqual([]);
    });
  },
);
