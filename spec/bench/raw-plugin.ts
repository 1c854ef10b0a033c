import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { controlPath, STOCK_IPC_DIR } from '../../lib/wire/address.js';
import { type Control, encodeCommand, OK, type Verb } from '../../lib/wire/control.js';
import { endChild, startChild } from './child.js';
import type { PluginFolder } from './plugins.js';
import { RawRep } from './raw.js';

/** A plugin without a host: its process, and a control channel that no measurement touches. */
export class RawPlugin {
  static async start({ dir, name, command }: PluginFolder): Promise<RawPlugin> {
    let shaken: () => void;
    const handshake = new Promise<void>((resolve) => (shaken = resolve));
    const control = new RawRep(controlPath(STOCK_IPC_DIR, name), () => shaken());
    await control.bound;
    const child = startChild([...command, '{"sendTimeout":1000}'], { cwd: dir });
    await handshake;
    return new RawPlugin(child, control);
  }

  private readonly died: Promise<never>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly control: RawRep,
  ) {
    this.died = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`the plugin has ended: ${code ?? signal}`);
    });
    this.died.catch(() => undefined);
  }

  command(verb: Verb, control: Control): Promise<void> {
    const answered = new Promise<void>((resolve, reject) => {
      this.control.ask(encodeCommand(verb, control), (reply) => {
        if (reply === OK) resolve();
        else reject(new Error(`${verb} ${control.symbolName}: ${reply}`));
      });
    });
    return Promise.race([answered, this.died]);
  }

  async close(): Promise<void> {
    await endChild(this.child);
    await this.control.close();
  }
}
