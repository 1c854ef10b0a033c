import { expect, it } from '@jest/globals';
import { NEVER, of } from 'rxjs';
import type { Rule } from '../lib/index.js';
import { copyFixture } from './helpers/fixture.js';
import { startHost } from './helpers/host.js';
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

  it('holds nobody up when its process dies with what it has not collected', async () => {
    const { dir, symbol } = copyFixture('go');
    const host = await startHost();
    const plugin = await host.plugins.install(dir);
    const sinkInto = (path: string, delay: number): Rule =>
      host.rule(unique('r'), ({ sink }) =>
        of(...Array(100).keys()).subscribe(sink<number>(symbol('file'), { config: { path, delay, closes: true } })),
      );
    const path = newFile();
    const rule = sinkInto(path, 60);
    // All is read, and six seconds of it are left to collect.
    await until(() => rule.ledger().stages[`sink ${symbol('file')}`]?.passed === 100, 'all is passed');
    await until(() => linesOf(path).length > 3, 'it collects');
    const killed = performance.now();
    process.kill(pidOf(plugin), 'SIGKILL');
    expect((await rule.done).phase).toBe('completed');
    expect(performance.now() - killed).toBeLessThan(2_000);
    const next = newFile();
    expect((await sinkInto(next, 0).done).phase).toBe('completed');
    expect(linesOf(next)).toHaveLength(100);
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
