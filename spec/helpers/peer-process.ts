/** The ends of connections that other implementations hold: processes that print lines and go when their input ends. */
import { afterEach } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Recorder } from './recorder.js';

const running: PeerProcess[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((peer) => peer.kill()));
});

export class PeerProcess extends Recorder {
  readonly lines: string[] = [];
  private errors = '';
  private ended = false;
  private readonly child: ChildProcess;

  constructor(command: string, args: readonly string[]) {
    super();
    running.push(this);
    const child = (this.child = spawn(command, args, { stdio: 'pipe' }));
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(line);
      this.changed();
    });
    child.stderr.on('data', (chunk) => (this.errors += chunk));
    child.on('error', (error) => (this.errors += error.message));
    child.on('close', () => {
      this.ended = true;
      this.changed();
    });
  }

  /** Line `index` of its output; fails when it ends without. */
  async line(index: number): Promise<string> {
    await this.until(() => this.lines.length > index || this.ended);
    const line = this.lines[index];
    if (line === undefined) throw new Error(`ended after ${index} lines: ${this.errors}`);
    return line;
  }

  /** Ends its input, which tells it to close, and waits until it has gone. */
  async end(): Promise<void> {
    this.child.stdin?.end();
    await this.until(() => this.ended);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.until(() => this.ended);
  }
}
