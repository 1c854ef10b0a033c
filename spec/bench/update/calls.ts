/** Callers of a function who never rest. */
import type { Host } from '../../../lib/index.js';
import type { Subject as Plugin } from '../../helpers/subject.js';
import { largest, type Load, mustBeZero } from './load.js';

const CALLERS = 4;

export async function constantCalls(host: Host, plugin: Plugin): Promise<Load> {
  const echo = host.function(plugin.function);
  const answered: number[] = [];
  let [failed, stopped] = [0, false];
  const call = async (i: number): Promise<void> => {
    try {
      if ((await echo.exec(...plugin.args(i))) !== i) failed += 1;
    } catch {
      failed += 1;
    }
    answered.push(performance.now());
  };
  const caller = async (): Promise<void> => {
    for (let i = 0; !stopped; i += 1) await call(i);
  };
  await call(0);
  const callers = Array.from({ length: CALLERS }, caller);
  return {
    async end(start, end, { functions }) {
      stopped = true;
      await Promise.all(callers);
      const waits = answered.slice(1).map((at, before) => at - (answered[before] ?? at));
      return {
        ...mustBeZero('failed', failed),
        calls: answered.filter((at) => at >= start && at <= end).length,
        drained: functions.reduce((sum, { drained }) => sum + drained, 0),
        'longest wait ms': largest(waits.filter((_, at) => (answered[at + 1] ?? 0) >= start)),
      };
    },
  };
}
