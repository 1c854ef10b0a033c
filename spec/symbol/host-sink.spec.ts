import { describe, expect, it } from '@jest/globals';
import { from, Subject } from 'rxjs';
import type { Logger, SymbolEvent } from '../../lib/index.js';
import { startHost } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { newFile, zeroTo } from '../helpers/parts.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { until } from '../helpers/until.js';

/** A host, and the events of what runs outside of its rules, as they are logged. */
async function logged() {
  const events: SymbolEvent[] = [];
  const quiet = (): void => undefined;
  const warn = (fields: object): void => {
    if ('event' in fields) events.push(fields.event as SymbolEvent);
  };
  const logger: Logger = { debug: quiet, info: quiet, warn, error: quiet, child: () => logger };
  const host = await startHost({ logger });
  const { dir, symbol } = scriptedPlugin();
  await host.plugins.install(dir);
  return { host, symbol, events };
}

describe('a sink outside a rule', () => {
  it('logs what its queue drops, as a sum', async () => {
    const { host, symbol, events } = await logged();
    const path = newFile();
    const queue = { size: 2, policy: 'drop-oldest' } as const;
    const sink = host.sink<unknown>(symbol('file'), { config: { path }, queue });
    // Nobody has started it yet.
    from(zeroTo(10)).subscribe(sink);
    expect(await sink.drained).toEqual({ delivered: 2, dropped: { overflow: 8 } });
    await until(() => events.length === 2);
    const dropped = { type: 'dropped', symbol: symbol('file'), reason: 'overflow' };
    expect(events).toEqual([
      expect.objectContaining({ ...dropped, count: 1 }),
      expect.objectContaining({ ...dropped, count: 7 }),
    ]);
  });

  it('holds no source back: that is for who sends to it', async () => {
    const { host, symbol, events } = await logged();
    const [path, other] = [newFile(), newFile()];
    const slow = { config: { path, acks: ['never'] }, requireAck: true, queue: { size: 50, policy: 'error', high: 5 } };
    const sink = host.sink<unknown>(symbol('file'), slow as object);
    const pressure: boolean[] = [];
    sink.pressure$.subscribe((under) => pressure.push(under));
    const values = new Subject<unknown>();
    values.subscribe(sink);
    for (const value of zeroTo(20)) values.next(value);
    expect(pressure).toEqual([false, true]);
    const counted = host.source(symbol('count'), { config: { count: 300, then: 'complete' } });
    counted.subscribe(host.sink<unknown>(symbol('file'), { config: { path: other } }));
    await until(() => linesOf(other).length === 300);
    expect(events).toEqual([]);
    await host.stop({ signal: AbortSignal.abort() });
    expect((await sink.drained).dropped).toEqual({ stopped: 20 });
  });
});
