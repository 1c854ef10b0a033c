import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dieWithHost, findSetpriv } from '../../lib/process/command-line.js';
import { controlPath, STOCK_IPC_DIR } from '../../lib/wire/address.js';
import { type Control, encodeCommand, OK, type Verb } from '../../lib/wire/control.js';
import type { PluginFolder } from './plugins.js';
import { RawRep } from './raw.js';

/** A plugin without a host: its process, and a control channel that no measurement touches. */
export class RawPlugin {
  static async start({ dir, name, command: [file, ...args] }: PluginFolder): Promise<RawPlugin> {
    let shaken: () => void;
    const handshake = new Promise<void>((resolve) => (shaken = resolve));
    const control = new RawRep(controlPath(STOCK_IPC_DIR, name), () => shaken());
    await control.bound;
    // As a host does it: in a session of its own the kernel gives a process its own share of the processors.
    const line = dieWithHost({ file, args: [...args, '{"sendTimeout":1000}'], cwd: dir }, findSetpriv());
    const child = spawn(line.file, line.args, { stdio: 'ignore', detached: true });
    await handshake;
    return new RawPlugin(child, control);
  }

  private constructor(
    private readonly child: ChildProcess,
    private readonly control: RawRep,
  ) {}

  command(verb: Verb, control: Control): Promise<void> {
    return new Promise((resolve, reject) => {
      this.control.ask(encodeCommand(verb, control), (reply) => {
        if (reply === OK) resolve();
        else reject(new Error(`${verb} ${control.symbolName}: ${reply}`));
      });
    });
  }

  async close(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
    await this.control.close();
  }
}
