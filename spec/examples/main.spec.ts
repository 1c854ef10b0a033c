/** `npm start` as a user has it: the built example as a process, its plugins as processes below it. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf } from '../helpers/lines.js';
import { describeWith, root } from '../helpers/toolchains.js';
import { tempFolder } from '../helpers/unique.js';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Runs it with a temporary folder of its own, by which its plugins and sockets can be told from others'. */
class Run {
  readonly tmp = tempFolder();
  output = '';
  readonly child: ChildProcess;
  readonly code: Promise<number | null>;

  constructor(...args: readonly string[]) {
    const env = { ...process.env, TMPDIR: this.tmp };
    this.child = spawn(process.execPath, [`${root}dist/examples/main.js`, ...args], { cwd: root, env });
    children.push(this.child);
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.code = new Promise((resolve) => this.child.once('close', resolve));
  }

  /** Resolves once it has written `text`. */
  says(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.child.stdout?.on('data', () => {
        if (this.output.includes(text)) resolve();
      });
    });
  }

  /** The summary, by the first column. */
  get summary(): Readonly<Record<string, string>> {
    const rows = this.output.matchAll(/^(\w+(?: \w+)?) {2,}(.*)$/gm);
    return Object.fromEntries([...rows].map(([, name = '', value = '']) => [name, value]));
  }

  /** Its sockets and processes. */
  left(): readonly string[] {
    const pids = readdirSync('/proc').filter(
      (entry) => /^\d+$/.test(entry) && environOf(entry).includes(`TMPDIR=${this.tmp}`),
    );
    return [...readdirSync(this.tmp), ...pids];
  }
}

const environOf = (pid: string): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
};

describe('npm start', () => {
  it('ends with a summary in which nothing is lost, and leaves nothing behind but its folder', async () => {
    const data = tempFolder();
    const run = new Run('--for', '3s', '--data', data);
    expect([await run.code, run.output]).toEqual([0, expect.stringContaining('mirror installed')]);
    expect(run.summary).toMatchObject({
      'tuples in': expect.stringMatching(/^\d{3,} \(machine \d+, weather \d{3}\)$/),
      calls: expect.stringMatching(/^\d{2}$/),
      'alerts out': expect.stringMatching(/^[1-9]/),
      dropped: '0',
      failed: '0',
      ledger: 'in balance',
      'first tuple': expect.stringMatching(/^\d+ ms/),
      processes: '3 of plugins, looked for: all gone',
    });
    expect(run.output).toMatch(/alert {2}2012-07-19 {2}temp_max +25\.7 +z \+1\.56/);
    expect(run.output).not.toContain('\x1b');
    expect(run.left()).toEqual([]);

    const alerts = linesOf(join(data, 'alerts.ndjson'));
    expect(run.summary['alerts out']).toMatch(new RegExp(`^${alerts.length}, `));
    expect(alerts[0]).toEqual(expect.objectContaining({ measure: expect.any(String), z: expect.any(Number) }));

    appendFileSync(join(data, 'plugins/portables/telemetry/README.md'), 'An older one.\n');
    const again = new Run('--for', '500ms', '--data', data);
    expect([await again.code, again.output]).toEqual([
      0,
      expect.stringContaining('mirror kept, telemetry replaced, replay kept'),
    ]);
  });

  it('stops in order at Ctrl-C, and keeps its folder to itself until then', async () => {
    const data = tempFolder();
    const run = new Run('--for', '1m', '--data', data);
    await run.says('weather');
    const second = new Run('--data', data);
    expect([await second.code, second.output]).toEqual([2, expect.stringContaining('ERR_HOST_LOCKED')]);
    // npm hands the signal on, so it comes twice.
    run.child.kill('SIGINT');
    run.child.kill('SIGINT');
    expect(await run.code).toBe(0);
    expect(run.summary).toMatchObject({ dropped: '0', ledger: 'in balance' });
    expect(run.left()).toEqual([]);
  });

  it('says what it can be told', async () => {
    const help = new Run('--help');
    expect([await help.code, help.output]).toEqual([0, expect.stringContaining('--for <time>')]);
    const wrong = new Run('--for', 'ever');
    expect([await wrong.code, wrong.output]).toEqual([2, expect.stringContaining('--for ever is no time')]);
    const unknown = new Run('--fast');
    expect([await unknown.code, unknown.output]).toEqual([2, expect.stringContaining("Unknown option '--fast'")]);
  });
});

describeWith('python', 'npm run example:python', () => {
  it('scores in Python, with the same alerts', async () => {
    const data = tempFolder();
    const run = new Run('--python', '--for', '3s', '--data', data);
    expect([await run.code, run.output]).toEqual([0, expect.stringContaining('stats installed')]);
    expect(run.summary).toMatchObject({ dropped: '0', failed: '0', ledger: 'in balance' });
    expect(run.output).toMatch(/alert {2}2012-07-19 {2}temp_max +25\.7 +z \+1\.56/);
    expect(run.left()).toEqual([]);
  });
});
