/** A plugin whose several processes live, and say on their control channels, what the spec makes them. */
import { functionControl } from '../../lib/wire/control.js';
import { instance, type InstanceParts } from './fake-runner.js';
import { handLink, type HandOptions } from './hand-link.js';
import type { Requester } from './requester.js';
import { until } from './until.js';

/** A plugin with so many processes, all ready, and what each says on its control channel. */
export async function crew(replicas: number, options: HandOptions = {}) {
  const all = await handLink('node', undefined, { ...options, replicas });
  const phases = (): string[] => [all.link.state, ...all.link.others.states].map(({ phase }) => phase);
  const processes: Requester[] = [];
  for (let i = 1; i <= replicas; i += 1) {
    processes.push(await all.shakes(i));
    await until(() => phases()[i - 1] === 'ready', `process ${i}`);
  }
  /** Attaches a function, and answers its START in each process, one after the other. */
  const started = async (parts?: InstanceParts) => {
    const { one, heard } = instance(functionControl('f'), parts);
    all.link.attach(one);
    for (const process of processes) {
      await process.heard(1);
      process.says('ok');
    }
    await until(() => heard.length === 1, 'the function');
    return { one, heard };
  };
  return { ...all, phases, processes, started };
}
