import { expect, it } from '@jest/globals';
import { NEVER, of, tap } from 'rxjs';
import type { Logger, Rule } from '../lib/index.js';
import { isAlive } from './helpers/alive.js';
import { copyFixture } from './helpers/fixture.js';
import { silent, startHost } from './helpers/host.js';
import { linesOf } from './helpers/lines.js';
import { pidOf } from './helpers/live-rule.js';
import { newFile, statusOf } from './helpers/parts.js';
import { describeWith } from './helpers/toolchains.js';
import { unique } from './helpers/unique.js';
import { until } from './helpers/until.js';

describeWith('go', 'a sink of the Go SDK, which spins once it is stopped', () => {
  it('takes its process with it when nothing else runs there, after all is worked off', async () => {
    const { dir, symbol } = copyFixture('go');
    const host = await startHost();
    const plugin = await host.plugins.install(dir);
    const path = newFile();
    const before = pidOf(plugin);
    const values = Array.from({ length: 100 }, (_, i) => i);
    const rule = host.rule(unique('r'), ({ sink }) =>
      of(...values).subscribe(sink<number>(symbol('file'), { config: { path, spin: true, delay: 5 } })),
    );
    expect((await rule.done).phase).toBe('completed');
    await until(() => ![0, before].includes(pidOf(plugin)), 'a new process');
    expect(linesOf(path)).toEqual(values);
    expect(await host.function(symbol('echo')).exec('a')).toBe('a');
  });

  it('is not stopped before all is collected, after which its author closes the file', async () => {
    const { dir, symbol } = copyFixture('go');
    const host = await startHost();
    await host.plugins.install(dir);
    const path = newFile();
    const values = Array.from({ length: 100 }, (_, i) => i);
    const config = { path, spin: true, closes: true, delay: 5 };
    const rule = host.rule(unique('r'), ({ sink }) =>
      of(...values).subscribe(sink<number>(symbol('file'), { config })),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(linesOf(path)).toEqual(values);
  });

  it('holds nobody up when its process dies with what it has not collected, which is told', async () => {
    const { dir, symbol } = copyFixture('go');
    const host = await startHost();
    const plugin = await host.plugins.install(dir);
    const sinkInto = (path: string, delay: number): Rule =>
      host.rule(unique('r'), ({ sink }) =>
        of(...Array(100).keys()).subscribe(sink<number>(symbol('file'), { config: { path, delay, closes: true } })),
      );
    const path = newFile();
    const rule = sinkInto(path, 60);
    const told: number[] = [];
    rule.events$.subscribe((event) => event.type === 'unconfirmed' && told.push(event.count));
    // All is read, and six seconds of it are left to collect.
    await until(() => rule.ledger().stages[`sink ${symbol('file')}`]?.passed === 100, 'all is passed');
    await until(() => linesOf(path).length > 3, 'it collects');
    const killed = performance.now();
    process.kill(pidOf(plugin), 'SIGKILL');
    expect((await rule.done).phase).toBe('completed');
    expect(performance.now() - killed).toBeLessThan(2_000);
    expect(told).toEqual([100]);
    const next = newFile();
    expect((await sinkInto(next, 0).done).phase).toBe('completed');
    expect(linesOf(next)).toHaveLength(100);
  });

  it('has the rules that use its process move to a new one when three spin, which loses nothing', async () => {
    const { dir, symbol } = copyFixture('go');
    const logged: string[] = [];
    const logger: Logger = { ...silent, info: (_, text) => void logged.push(text), child: () => logger };
    const host = await startHost({ logger });
    const plugin = await host.plugins.install(dir);
    const before = pidOf(plugin);
    const path = newFile();
    const seen: number[] = [];
    const other = host.rule(unique('r'), ({ source, call, sink }) =>
      source<{ readonly i: number }>(symbol('random'), { config: { interval: 5 } })
        .pipe(
          call(
            symbol('echo'),
            ({ i }) => [i],
            (_, i: number) => i,
          ),
          tap((i) => seen.push(i)),
        )
        .subscribe(sink<number>(symbol('file'), { config: { path, spin: true, closes: true } })),
    );
    await statusOf(other, 'running');
    const statuses: string[] = [];
    other.status$.subscribe(({ phase }) => statuses.push(phase));
    for (let round = 1; round <= 3; round += 1) {
      expect(pidOf(plugin)).toBe(before);
      const rule = host.rule(unique('r'), ({ sink }) =>
        of(round).subscribe(sink<number>(symbol('file'), { config: { path: newFile(), spin: true } })),
      );
      expect((await rule.done).phase).toBe('completed');
    }
    await until(() => ![0, before].includes(pidOf(plugin)), 'another process serves', 30_000);
    const after = pidOf(plugin);
    const { length } = seen;
    await until(() => seen.length > length + 100, 'it flows');
    await until(() => !isAlive(before), 'the first process is gone');
    await other.stop();

    expect(statuses).toEqual(['running', 'stopping', 'stopped']);
    const { balanced, stages } = other.ledger();
    expect(balanced).toBe(true);
    for (const { dropped, failed } of Object.values(stages)) expect([dropped, failed]).toEqual([{}, {}]);
    // The source counts from 0 in each process, and no number is missing in between.
    const again = seen.lastIndexOf(0);
    expect(seen).toEqual([...Array(again).keys(), ...Array(seen.length - again).keys()]);
    expect(linesOf(path)).toEqual(seen);
    expect(logged.filter((text) => text.includes('3 stopped Go sinks spin'))).toHaveLength(1);
    expect(after).not.toBe(before);
  });

  it('stays while another rule uses the process, and is gone after it', async () => {
    const { dir, symbol } = copyFixture('go');
    const host = await startHost();
    const plugin = await host.plugins.install(dir);
    const before = pidOf(plugin);
    const other = host.rule(unique('r'), ({ source }) => source(symbol('random'), { config: { interval: 5 } }));
    await statusOf(other, 'running');
    const rule = host.rule(unique('r'), ({ sink }) =>
      NEVER.subscribe(sink(symbol('file'), { config: { path: newFile(), spin: true } })),
    );
    await statusOf(rule, 'running');
    await rule.stop();
    const { received = 0 } = other.ledger().stages[`source ${symbol('random')}`] ?? {};
    await until(
      () => (other.ledger().stages[`source ${symbol('random')}`]?.received ?? 0) > received + 100,
      'it flows',
    );
    expect(pidOf(plugin)).toBe(before);
    await other.stop();
    await until(() => ![0, before].includes(pidOf(plugin)), 'a new process');
  });
});
