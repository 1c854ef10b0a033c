import { expect, it } from '@jest/globals';
import { from, map, toArray } from 'rxjs';
import { statusOf } from '../helpers/parts.js';
import { pidsOf, replicated } from '../helpers/replicated.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { eachLanguage } from '../helpers/versions.js';

interface Answered {
  readonly n: number;
  readonly pid: number;
}

eachLanguage(
  (language) => `a call of a ${language} plugin`,
  (language) => {
    it('has all with one key answered by one process, in their order', async () => {
      const { host, pid, view, traffic } = await replicated(language, 3);
      // Who comes takes its share of the keys: all are there.
      const warm = traffic();
      await warm.from(pidsOf(view));
      expect(await warm.ends()).toEqual([]);
      const seen: Answered[] = [];
      const rule = host.rule(unique('r'), ({ call }) =>
        from(Array.from({ length: 300 }, (_, n) => n)).pipe(
          call(
            pid,
            () => [],
            (n: number, answer: number) => ({ n, pid: answer }),
            { key: (n) => n % 30 },
          ),
          map((one) => seen.push(one)),
          toArray(),
        ),
      );
      expect((await rule.done).phase).toBe('completed');
      expect(rule.ledger().balanced).toBe(true);
      expect(seen).toHaveLength(300);
      expect(new Set(seen.map((one) => one.pid))).toEqual(new Set(pidsOf(view)));
      for (let key = 0; key < 30; key += 1) {
        const own = seen.filter(({ n }) => n % 30 === key);
        expect(own.map(({ n }) => n)).toEqual(Array.from({ length: 10 }, (_, i) => i * 30 + key));
        expect(new Set(own.map((one) => one.pid)).size).toBe(1);
      }
    });
  },
);

it('a call that asks for replicas has them while its rule runs, and the plugin keeps what the host wants', async () => {
  const { host, pid, view, ready } = await replicated('node', 2);
  const rule = host.rule(unique('r'), ({ call, stopping$ }) => stopping$.pipe(call(pid, () => [], { replicas: 3 })));
  const less = host.rule(unique('r'), ({ call, stopping$ }) => stopping$.pipe(call(pid, () => [], { replicas: 1 })));
  await statusOf(rule, 'running');
  const pids = await ready(3);
  await statusOf(less, 'running');
  expect(view.replicas).toHaveLength(3);
  await rule.stop();
  await less.stop();
  await until(() => view.replicas.length === 2, 'the one that nobody asks for any longer is gone');
  expect(pidsOf(view)).toEqual(pids.slice(0, 2));
});
