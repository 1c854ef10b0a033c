import { describe, expect, it } from '@jest/globals';
import { from, Subject } from 'rxjs';
import { collectedLog } from '../helpers/collected-log.js';
import { startHost } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { newFile, zeroTo } from '../helpers/parts.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { until } from '../helpers/until.js';

/** A host, and what it warns of. */
async function logged() {
  const { log: logger, warnings } = collectedLog();
  const host = await startHost({ logger });
  const { dir, symbol } = scriptedPlugin();
  await host.plugins.install(dir);
  return { host, symbol, warnings };
}

describe('a sink outside a rule', () => {
  it('logs what its queue drops, as a sum', async () => {
    const { host, symbol, warnings } = await logged();
    const path = newFile();
    const queue = { size: 2, policy: 'drop-oldest' } as const;
    const sink = host.sink<unknown>(symbol('file'), { config: { path }, queue });
    // Nobody has started it yet.
    from(zeroTo(10)).subscribe(sink);
    expect(await sink.drained).toEqual({ delivered: 2, dropped: { overflow: 8 } });
    await host.stop();
    const lost = (count: number): string => `outside a rule: ${symbol('file')} has dropped ${count} (overflow)`;
    expect(warnings).toEqual([lost(1), lost(7)]);
  });

  it('holds no source back: that is for who sends to it', async () => {
    const { host, symbol, warnings } = await logged();
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
    expect(warnings).toEqual([]);
    await host.stop({ signal: AbortSignal.abort() });
    expect((await sink.drained).dropped).toEqual({ stopped: 20 });
  });
});
