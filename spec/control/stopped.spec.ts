import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { isStopped } from '../../lib/process/proc.js';
import { instance, source } from '../helpers/fake-runner.js';
import { handLink } from '../helpers/hand-link.js';
import { until } from '../helpers/until.js';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A plugin of the Go SDK, which says nothing by itself, that was stopped for good, with a source in it. */
async function stopped(atWork: () => boolean = () => false) {
  // A group of its own, which is what is killed.
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  const all = await handLink('go', child.pid);
  const process = await all.shakes(1);
  const { one, heard } = instance(source('1'), { atWork });
  all.link.attach(one);
  await process.heard(1);
  process.says('ok');
  await until(() => heard.length === 1, 'it has started');
  const gone = once(child, 'exit');
  child.kill('SIGSTOP');
  await until(() => isStopped(child.pid ?? 0), 'it is stopped');
  return { ...all, child, gone };
}

(existsSync('/proc/self/stat') ? describe : describe.skip)('a process of the Go SDK that was stopped', () => {
  it('is told after half a minute, and killed 10 s later', async () => {
    const { clock, errors, warnings, gone } = await stopped();
    clock.advance(29_000);
    expect(warnings).toEqual([]);
    clock.advance(6_000);
    expect(warnings).toEqual(['ERR_PLUGIN_QUIET']);
    expect(errors).toEqual([]);
    clock.advance(10_000);
    expect(errors).toEqual(['ERR_PLUGIN_HUNG']);
    expect(await gone).toEqual([null, 'SIGKILL']);
  });

  it('and goes on is left alone', async () => {
    const { child, clock, errors } = await stopped();
    clock.advance(35_000);
    child.kill('SIGCONT');
    await until(() => !isStopped(child.pid ?? 0), 'it goes on');
    clock.advance(600_000);
    expect(errors).toEqual([]);
  });

  it('is left to the deadline of a call that is out', async () => {
    let out = true;
    const { clock, errors, warnings } = await stopped(() => out);
    clock.advance(100_000);
    expect([errors, warnings]).toEqual([[], []]);
    out = false;
    clock.advance(40_000);
    expect(errors).toEqual(['ERR_PLUGIN_HUNG']);
  });

  it('is told once, though each of its connections is silent', async () => {
    const { clock, errors, link, warnings } = await stopped();
    clock.advance(30_000);
    link.silent('quiet', 30_000);
    link.silent('quiet', 30_000);
    expect(warnings).toEqual(['ERR_PLUGIN_QUIET']);
    clock.advance(10_000);
    link.silent('hung', 40_000);
    expect(errors).toEqual(['ERR_PLUGIN_HUNG']);
  });
});
