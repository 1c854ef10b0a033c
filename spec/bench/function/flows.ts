/** A function that gives back its argument, and who calls it: a bare socket, a rule, one call after another, gRPC. */
import { setTimeout as pause } from 'node:timers/promises';
import { Observable, type Subscriber, tap } from 'rxjs';
import { functionPath, STOCK_IPC_DIR } from '../../../lib/wire/address.js';
import { functionControl } from '../../../lib/wire/control.js';
import type { Contender } from '../contenders.js';
import type { Opened } from '../harness.js';
import { startHost } from '../hosts.js';
import { Calls } from '../measure.js';
import { type Value, valueOf } from '../payload.js';
import { benchPlugin, unique } from '../plugins.js';
import { RawRep } from '../raw.js';
import { RawPlugin } from '../raw-plugin.js';

const CONTEXT = JSON.stringify({ ruleId: 'r', opId: 'abcdef0', instanceId: 0, funcId: 0 });
/** Values that wait in front of the call: enough that it never idles. */
const WAITING = 64;
/** They may have so many bytes together, but are at least two. */
const WAITING_BYTES = 64 * 1024 * 1024;

export async function raw(contender: Contender, bytes: number): Promise<Opened> {
  const folder = contender.copy();
  const value = valueOf(bytes);
  let ready: () => void;
  const handshake = new Promise<void>((resolve) => (ready = resolve));
  const rep = new RawRep(functionPath(STOCK_IPC_DIR, folder.function), () => ready());
  await rep.bound;
  const plugin = await RawPlugin.start(folder);
  await plugin.command('start', functionControl(folder.function));
  await handshake;
  const call = (): Promise<void> =>
    new Promise((resolve, reject) => {
      rep.ask(JSON.stringify({ func: 'Exec', arg: [value, CONTEXT] }), (reply) => {
        if ((JSON.parse(reply) as { readonly state: boolean }).state) resolve();
        else reject(new Error(`the call failed: ${reply.slice(0, 200)}`));
      });
    });
  return {
    run: (seconds) => oneByOne(seconds, bytes, call),
    async close() {
      await plugin.close();
      await rep.close();
    },
  };
}

/** Values for a call, a new one for each result. */
class Supply extends Observable<Value> {
  private target: Subscriber<Value> | undefined;

  constructor(
    private readonly value: Value,
    waiting: number,
  ) {
    super((subscriber) => {
      this.target = subscriber;
      for (let i = 0; i < waiting; i += 1) subscriber.next(value);
    });
  }

  more(): void {
    this.target?.next(this.value);
  }
}

/** `call` in a rule, with values waiting in front of it. */
export async function inRule(contender: Contender, bytes: number, single = false, most = WAITING): Promise<Opened> {
  const plugin = contender.copy(single);
  const host = await startHost([plugin]);
  const value = valueOf(bytes);
  const waiting = Math.max(2, Math.min(most, Math.floor(WAITING_BYTES / bytes)));
  return {
    async run(seconds) {
      const calls = new Calls();
      const supply = new Supply(value, waiting);
      const rule = host.rule(unique('r'), ({ call }) =>
        supply.pipe(
          call(
            plugin.function,
            (argument) => [argument],
            (_, result: Value) => {
              calls.end();
              return result;
            },
          ),
          tap(() => supply.more()),
        ),
      );
      const sample = await calls.during(seconds, bytes);
      rule.unsubscribe();
      await rule.done;
      return sample;
    },
    close: () => host.stop(),
  };
}

/** The same with so many processes, each call of `ms` milliseconds, or of as little as it takes. */
export async function replicated(contender: Contender, replicas: number, ms: number): Promise<Opened> {
  const plugin = contender.copy();
  const host = await startHost([plugin], { replicas: { [plugin.name]: replicas } });
  const symbol = ms === 0 ? plugin.function : plugin.slow;
  return {
    async run(seconds) {
      const calls = new Calls();
      const supply = new Supply({ i: ms, pad: '' }, WAITING);
      const rule = host.rule(unique('r'), ({ call }) =>
        supply.pipe(
          call(symbol, ({ i }) => [i]),
          tap(() => {
            calls.end();
            supply.more();
          }),
        ),
      );
      while (!host.plugins.get(plugin.name).replicas.every(({ phase }) => phase === 'ready')) await pause(5);
      const sample = await calls.during(seconds, 1);
      rule.unsubscribe();
      await rule.done;
      return sample;
    },
    close: () => host.stop(),
  };
}

/** `exec`, awaited one by one. */
export async function awaited(contender: Contender, bytes: number): Promise<Opened> {
  const plugin = contender.copy();
  const host = await startHost([plugin]);
  const value = valueOf(bytes);
  const echo = host.function(plugin.function);
  return {
    run: (seconds) => oneByOne(seconds, bytes, () => echo.exec(value)),
    close: () => host.stop(),
  };
}

/** The same beside a plugin that prints without end while it is measured. */
export async function besideOutput(contender: Contender, bytes: number): Promise<Opened> {
  const plugin = contender.copy();
  const printer = benchPlugin('print');
  const host = await startHost([plugin, printer]);
  const value = valueOf(bytes);
  const echo = host.function(plugin.function);
  await host.plugins.stop(printer.name);
  return {
    async run(seconds) {
      await host.plugins.start(printer.name);
      try {
        return await oneByOne(seconds, bytes, () => echo.exec(value));
      } finally {
        await host.plugins.stop(printer.name);
      }
    },
    close: () => host.stop(),
  };
}

/** Each call begins when the one before it has ended. */
export async function oneByOne(
  seconds: number,
  bytes: number,
  call: () => Promise<unknown>,
): ReturnType<Opened['run']> {
  const calls = new Calls();
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      await call();
      calls.end();
    }
  })();
  const sample = calls.during(seconds, bytes);
  // A call that fails ends the measurement.
  await Promise.race([sample, loop]);
  stopped = true;
  await loop;
  return sample;
}
