/** How many calls of a function that does nothing a host makes on one connection, and how long each takes. */
import { setTimeout as pause } from 'node:timers/promises';
import { Observable, type Subscriber, tap } from 'rxjs';
import { functionPath, STOCK_IPC_DIR } from '../../lib/wire/address.js';
import { functionControl } from '../../lib/wire/control.js';
import { bench, type Metric, type Opened, type Sample } from './harness.js';
import { startHost } from './hosts.js';
import { goMissing, goPlugin, unique } from './plugins.js';
import { RawRep } from './raw.js';
import { RawPlugin } from './raw-plugin.js';
import { quantile } from './table.js';

/** 100 bytes of JSON. */
const VALUE = { i: 100_000, pad: 'x'.repeat(100 - '{"i":100000,"pad":""}'.length) };
const CONTEXT = JSON.stringify({ ruleId: 'r', opId: 'abcdef0', instanceId: 0, funcId: 0 });
/** Values that wait in front of the call: enough that it never idles. */
const WAITING = 64;

const metrics: readonly Metric[] = [
  { name: 'calls/s' },
  { name: 'p50 µs', digits: 1 },
  { name: 'p99 µs', digits: 1 },
  { name: 'host µs/call', digits: 1 },
];

/**
 * The calls of one measurement. A call takes from the result of the one before it to its own: the connection carries
 * one at a time, and is never without.
 */
class Calls {
  private readonly times: number[] = [];
  private last = performance.now();

  end(): void {
    const now = performance.now();
    this.times.push(now - this.last);
    this.last = now;
  }

  async during(seconds: number): Promise<Sample> {
    await pause(200);
    const [first, cpu, start] = [this.times.length, process.cpuUsage(), performance.now()];
    await pause(seconds * 1000);
    const times = this.times.slice(first);
    const { user, system } = process.cpuUsage(cpu);
    return {
      'calls/s': (times.length / (performance.now() - start)) * 1000,
      'p50 µs': quantile(times, 0.5) * 1000,
      'p99 µs': quantile(times, 0.99) * 1000,
      'host µs/call': (user + system) / times.length,
    };
  }
}

async function raw(): Promise<Opened> {
  const folder = goPlugin();
  const symbol = folder.symbol('echo');
  let ready: () => void;
  const handshake = new Promise<void>((resolve) => (ready = resolve));
  const rep = new RawRep(functionPath(STOCK_IPC_DIR, symbol), () => ready());
  await rep.bound;
  const plugin = await RawPlugin.start(folder);
  await plugin.command('start', functionControl(symbol));
  await handshake;
  return {
    async run(seconds) {
      const calls = new Calls();
      let stopped = false;
      const idle = new Promise<void>((resolve) => {
        const next = (): void => {
          if (stopped) return resolve();
          rep.ask(JSON.stringify({ func: 'Exec', arg: [VALUE, CONTEXT] }), (reply) => {
            if (!(JSON.parse(reply) as { readonly state: boolean }).state) throw new Error('the call failed');
            calls.end();
            next();
          });
        };
        next();
      });
      const sample = await calls.during(seconds);
      stopped = true;
      await idle;
      return sample;
    },
    async close() {
      await plugin.close();
      await rep.close();
    },
  };
}

/** Values for a call, a new one for each result. */
class Supply extends Observable<typeof VALUE> {
  private target: Subscriber<typeof VALUE> | undefined;

  constructor() {
    super((subscriber) => {
      this.target = subscriber;
      for (let i = 0; i < WAITING; i += 1) subscriber.next(VALUE);
    });
  }

  more(): void {
    this.target?.next(VALUE);
  }
}

async function inRule(): Promise<Opened> {
  const plugin = goPlugin();
  const host = await startHost([plugin]);
  return {
    async run(seconds) {
      const calls = new Calls();
      const supply = new Supply();
      const rule = host.rule(unique('r'), ({ call }) =>
        supply.pipe(
          call(
            plugin.symbol('echo'),
            (value) => [value],
            (_, result: typeof VALUE) => {
              calls.end();
              return result;
            },
          ),
          tap(() => supply.more()),
        ),
      );
      const sample = await calls.during(seconds);
      rule.unsubscribe();
      await rule.done;
      return sample;
    },
    close: () => host.stop(),
  };
}

async function oneByOne(): Promise<Opened> {
  const plugin = goPlugin();
  const host = await startHost([plugin]);
  const echo = host.function(plugin.symbol('echo'));
  return {
    async run(seconds) {
      const calls = new Calls();
      let stopped = false;
      const loop = (async () => {
        while (!stopped) {
          await echo.exec(VALUE);
          calls.end();
        }
      })();
      const sample = await calls.during(seconds);
      stopped = true;
      await loop;
      return sample;
    },
    close: () => host.stop(),
  };
}

const skip = goMissing();

await bench('function', [
  {
    title: 'Go function that returns its argument',
    metrics,
    variants: [
      { name: 'raw socket', base: 'raw', skip, open: raw },
      { name: 'call in a rule', skip, open: inRule },
      { name: 'exec, one at a time', skip, open: oneByOne },
    ],
  },
]);
