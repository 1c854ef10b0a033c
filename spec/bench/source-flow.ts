/** A source of the benches, and who takes it in: a bare channel, or a rule in a host. */
import { tap } from 'rxjs';
import { openSourceChannel } from '../../lib/channel/source-channel.js';
import { systemClock } from '../../lib/clock.js';
import type { HostSettings } from '../../lib/index.js';
import { nativeTransport } from '../../lib/sp/native.js';
import { dataPath, STOCK_IPC_DIR } from '../../lib/wire/address.js';
import { type Control, sourceControl } from '../../lib/wire/control.js';
import type { Opened } from './harness.js';
import { startHost } from './hosts.js';
import { measureFlow } from './measure.js';
import { goPlugin, unique } from './plugins.js';
import { RawPlugin } from './raw-plugin.js';

export const SIZE = 100;
/** The fixture takes the size of the padding: with a count of six digits the tuple has 100 bytes. */
export const GO_FLOOD = { flood: true, size: 55 };

/** The channel of a source, down to its close. */
export interface Flow {
  readonly count: () => number;
  close(): Promise<unknown>;
}

/** Takes in what comes to `path`. */
export type Intake = (path: string) => Promise<Flow>;

/** Framing and decoding, without a rule. */
export const channel: Intake = async (path) => {
  let count = 0;
  const ignore = (): void => undefined;
  const options = { transport: nativeTransport, clock: systemClock };
  const source = await openSourceChannel(path, options, {
    tuple: () => (count += 1),
    reported: ignore,
    invalid: ignore,
    complete: ignore,
    broken: ignore,
    ended: ignore,
  });
  return { count: () => count, close: () => source.close() };
};

/** A rule that counts, in a host with one plugin. */
export async function throughRule(
  plugin: ReturnType<typeof goPlugin>,
  base: string,
  config: Readonly<Record<string, unknown>>,
  transport: NonNullable<HostSettings['transport']>,
): Promise<Opened> {
  const host = await startHost([plugin], { transport });
  return {
    async run(seconds) {
      let count = 0;
      const rule = host.rule(unique('r'), ({ source }) =>
        source(plugin.symbol(base), { config }).pipe(tap(() => (count += 1))),
      );
      const sample = await measureFlow(seconds, () => count);
      await rule.stop();
      return sample;
    },
    close: () => host.stop(),
  };
}

/** The Go fixture, started by the bench in place of a host. */
export async function underGoPlugin(intake: Intake): Promise<Opened> {
  const folder = goPlugin();
  const plugin = await RawPlugin.start(folder);
  return {
    async run(seconds) {
      const meta = { ruleId: unique('r'), opId: 'o', instanceId: 0 };
      const control: Control = sourceControl(folder.symbol('random'), meta, undefined, GO_FLOOD);
      const flow = await intake(dataPath(STOCK_IPC_DIR, meta));
      await plugin.command('start', control);
      const sample = await measureFlow(seconds, flow.count);
      await plugin.command('stop', control);
      await flow.close();
      return sample;
    },
    close: () => plugin.close(),
  };
}
