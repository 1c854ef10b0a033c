/** What is under way when somebody sets the clock of the machine: NTP, a resume, a hand. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { filter, firstValueFrom, NEVER, Subject, throwError, timer } from 'rxjs';
import { systemClock } from '../lib/clock.js';
import { workOff } from '../lib/process/work-off.js';
import { mapAsync } from '../operators/index.js';
import { startHost } from './helpers/host.js';
import { callsTo, scriptedPlugin } from './helpers/scripted-plugin.js';
import { unique } from './helpers/unique.js';
import { until } from './helpers/until.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

afterEach(() => {
  jest.restoreAllMocks();
});

/** The clock of the machine is set, as far as this process can see; all else runs on. */
function set(by: number): void {
  jest.restoreAllMocks();
  const real = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => real() + by);
}

async function scripted() {
  const host = await startHost();
  const { dir, symbol } = scriptedPlugin();
  const plugin = await host.plugins.install(dir);
  return { host, plugin, symbol };
}

describe('when the clock of the machine is set', () => {
  it('forward, a call that is out has its time', async () => {
    const { host, plugin, symbol } = await scripted();
    const { state } = plugin;
    const answer = host.function(symbol('slow')).exec(500);
    await until(() => callsTo(plugin.dir, 'slow').length > 0);
    set(2 * MINUTE);
    await expect(answer).resolves.toBe(500);
    expect(plugin.state).toBe(state);
  });

  it('back, what is waited for has an end', async () => {
    const idle = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 60_000)']);
    await once(idle, 'spawn');
    const from = performance.now();
    const worked = workOff(systemClock, idle.pid ?? 0, systemClock.now());
    set(-HOUR);
    await worked;
    idle.kill('SIGKILL');
    expect(performance.now() - from).toBeLessThan(15_000);
  });

  it('forward, a project that is under way has its time, and back no more than that', async () => {
    const values = new Subject<number>();
    const ends: string[] = [];
    const from = performance.now();
    /** Not at once, and not in an hour. */
    const late = (): string =>
      performance.now() - from > 450 && performance.now() - from < MINUTE ? 'in time' : 'wrong';
    values
      .pipe(mapAsync((n) => (n === 0 ? NEVER : timer(400)), { timeout: 500, concurrency: 9, onError: late }))
      .subscribe((end) => ends.push(`${end}`));
    values.next(0);
    set(HOUR);
    values.next(1);
    set(-HOUR);
    values.next(0);
    await until(() => ends.length === 3);
    expect(ends).toEqual(['in time', '0', 'in time']);
  });

  it('back, a rule is restarted when it was to be', async () => {
    const { host } = await scripted();
    let runs = 0;
    const rule = host.rule(
      unique('r'),
      ({ source }) => {
        void source;
        runs += 1;
        return throwError(() => new Error('again'));
      },
      { restart: { delay: 200, maxDelay: 200, attempts: 2 } },
    );
    await firstValueFrom(rule.status$.pipe(filter(({ phase }) => phase === 'restarting')));
    set(-HOUR);
    expect((await rule.done).phase).toBe('failed');
    expect(runs).toBe(3);
  });

  it('what users are shown is its time', async () => {
    set(10 * HOUR);
    const { plugin, host, symbol } = await scripted();
    const near = (at: number): void => expect(Math.abs(at - Date.now())).toBeLessThan(MINUTE);
    if (plugin.state.phase !== 'ready') throw new Error(plugin.state.phase);
    near(plugin.state.since);
    const rule = host.rule(unique('r'), ({ source }) => source(symbol('count'), { config: { interval: 5 } }));
    near(rule.status.since);
    await rule.stop();
  });
});
