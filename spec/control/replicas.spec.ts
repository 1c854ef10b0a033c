import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICY } from '../../lib/process/state.js';
import { functionControl } from '../../lib/wire/control.js';
import { crew } from '../helpers/crew.js';
import { instance, source, turn } from '../helpers/fake-runner.js';
import { handLink } from '../helpers/hand-link.js';
import type { Requester } from '../helpers/requester.js';
import { until } from '../helpers/until.js';

const FOUND_HUNG = 5_000;

const told = (process: Requester): string[] =>
  process.received.map((text) => {
    const { cmd, arg } = JSON.parse(text) as { readonly cmd: string; readonly arg: string };
    return `${cmd} ${(JSON.parse(arg) as { readonly symbolName: string }).symbolName}`;
  });

describe('the replicas of a plugin', () => {
  it('come one after another, behind the first process', async () => {
    const { link, lives, shakes } = await handLink('node', undefined, { replicas: 3 });
    const phases = (): string[] => link.others.states.map(({ phase }) => phase);
    for (const count of [1, 2, 3]) {
      await turn();
      expect(lives).toHaveLength(count);
      await shakes(count);
      await until(
        () => phases().filter((phase) => phase === 'ready').length === count - 1 && link.state.phase === 'ready',
      );
    }
    expect(phases()).toEqual(['ready', 'ready']);
  });

  it('are told of functions behind the first process, and of nothing else', async () => {
    const { link, processes } = await crew(2);
    const { one } = instance(source('1'));
    link.attach(one);
    const { one: function_, heard } = instance(functionControl('f'));
    link.attach(function_);
    const [first, second] = processes as [Requester, Requester];
    await first.heard(1);
    first.says('ok');
    await first.heard(2);
    await turn();
    expect(told(second)).toEqual([]);
    first.says('ok');
    await second.heard(1);
    second.says('ok');
    await until(() => link.others.answer(function_), 'the replica runs it');
    expect([told(first), told(second), heard]).toEqual([['start s', 'start f'], ['start f'], ['started']]);
  });

  it('are told of all functions when they come later', async () => {
    const { lives, clock, exits, shakes, started } = await crew(2);
    await started();
    exits(1);
    clock.advance(300);
    await until(() => lives.length === 3, 'it is started again');
    const process = await shakes(3);
    await process.heard(1);
    expect(told(process)).toEqual(['start f']);
  });

  it('are not told of what the first process has not answered yet, when they come meanwhile', async () => {
    const { link, shakes } = await handLink('node', undefined, { replicas: 2 });
    const first = await shakes(1);
    const { one } = instance(functionControl('f'));
    link.attach(one);
    await first.heard(1);
    const second = await shakes(2);
    await until(() => link.others.states[0]?.phase === 'ready', 'the replica');
    await turn();
    expect(told(second)).toEqual([]);
    first.says('ok');
    await second.heard(1);
    expect(told(second)).toEqual(['start f']);
  });

  it('keep a function going that a replica refuses', async () => {
    const { link, processes, warnings } = await crew(2);
    const { one, heard } = instance(functionControl('f'));
    link.attach(one);
    for (const [i, answer] of ['ok', 'not here'].entries()) {
      await processes[i]?.heard(1);
      processes[i]?.says(answer);
    }
    await until(() => warnings.length === 1, 'it is told');
    expect([heard, link.others.answer(one)]).toEqual([['started'], false]);
  });

  it('answer when the first process is gone, and are told what comes meanwhile', async () => {
    const { link, processes, exits, started } = await crew(2);
    const { one, heard } = await started();
    await until(() => link.others.answer(one), 'the replica runs it');
    exits(0);
    await until(() => link.state.phase === 'backoff', 'the first process is gone');
    expect(link.others.answer(one)).toBe(true);
    const { one: later, heard: heardLater } = instance({ ...functionControl('g'), symbolName: 'f2' });
    expect(heard).toEqual(['started', 'lost']);
    link.attach(later);
    await turn();
    // The version that runs has no such function.
    expect([told(processes[1]!), heardLater]).toEqual([['start f'], []]);
  });

  it('are told of a function that the first process took with it before it answered', async () => {
    const { link, processes, exits } = await crew(2);
    const { one, heard } = instance(functionControl('f'));
    link.attach(one);
    const [first, second] = processes as [Requester, Requester];
    await first.heard(1);
    exits(0);
    await second.heard(1);
    second.says('ok');
    await until(() => heard.includes('started'), 'the function');
    expect(heard).toEqual(['lost', 'started']);
    exits(1);
    await until(() => heard.length === 3, 'nobody answers it');
    expect(heard).toEqual(['lost', 'started', 'lost']);
  });

  it('go on when the first process has failed for good; only what they do not run is refused', async () => {
    const { link, exits, started, phases } = await crew(2, { policy: { ...DEFAULT_POLICY, maxCrashes: 1 } });
    const { one, heard } = await started();
    await until(() => link.others.answer(one), 'the replica runs it');
    const { one: other, heard: heardOther } = instance(source('1'));
    link.attach(other);
    exits(0);
    await until(() => link.state.phase === 'failed', 'the first process has failed');
    expect([heard, heardOther]).toEqual([
      ['started', 'lost'],
      ['lost', 'ERR_PLUGIN_FAILED'],
    ]);
    exits(1);
    await until(() => phases()[1] === 'failed', 'the other one, too');
    expect(heard).toEqual(['started', 'lost', 'ERR_PLUGIN_FAILED']);
  });

  it('do not take the plugin along that they belong to', async () => {
    const { link, errors, exits, phases, started } = await crew(3, { policy: { ...DEFAULT_POLICY, maxCrashes: 1 } });
    const { heard } = await started();
    exits(1);
    await until(() => phases()[1] === 'failed', 'a replica has failed');
    expect([phases(), heard, errors]).toEqual([['ready', 'failed', 'ready'], ['started'], ['ERR_PLUGIN_EXITED']]);
    expect(link.state.phase).toBe('ready');
  });
});

describe('replicas that have failed', () => {
  it('are started anew with their plugin, one after another, whether its first process lives or not', async () => {
    const { link, lives, exits, shakes, phases } = await crew(3, { policy: { ...DEFAULT_POLICY, maxCrashes: 1 } });
    for (const index of [1, 2]) exits(index);
    await until(() => phases().join() === 'ready,failed,failed', 'both have failed');
    link.start();
    await until(() => phases().join() === 'ready,starting,stopped', 'one comes');
    for (const count of [4, 5]) await shakes(count);
    await until(() => phases().every((phase) => phase === 'ready'), 'all are back');
    for (const index of [4, 0]) exits(index);
    await until(() => phases().join() === 'failed,ready,failed', 'the first has failed, too');
    link.start();
    expect([phases()[0], lives.length]).toEqual(['starting', 6]);
    for (const count of [6, 7]) await shakes(count);
    await until(() => phases().every((phase) => phase === 'ready'), 'all are back again');
  });
});

describe('processes that die at once', () => {
  it('come back one after another, the first one before the others', async () => {
    const { clock, lives, exits, shakes, phases } = await crew(3);
    for (const index of [1, 2, 0]) exits(index);
    await until(() => phases().every((phase) => phase === 'backoff'), 'all are gone');
    for (const [count, expected] of [
      [4, ['starting', 'backoff', 'backoff']],
      [5, ['ready', 'starting', 'backoff']],
      [6, ['ready', 'ready', 'starting']],
    ] as const) {
      clock.advance(1_000);
      expect([lives.length, phases()[0], phases().filter((phase) => phase === 'starting').length]).toEqual([
        count,
        expected[0],
        1,
      ]);
      await shakes(count);
      await until(() => !phases().includes('starting'), 'it is there');
    }
    expect(phases()).toEqual(['ready', 'ready', 'ready']);
  });

  it('do not keep the first one waiting for a replica that never comes', async () => {
    const { clock, lives, exits, phases, errors } = await crew(2);
    exits(1);
    clock.advance(300);
    expect(phases()).toEqual(['ready', 'starting']);
    exits(0);
    clock.advance(FOUND_HUNG - 100);
    expect(errors).not.toContain('ERR_PLUGIN_HUNG');
    clock.advance(1_000);
    expect(errors).toContain('ERR_PLUGIN_HUNG');
    expect(lives).toHaveLength(3);
    exits(2);
    clock.advance(100);
    expect(phases()).toEqual(['starting', 'backoff']);
  });

  it('are waited for as long as ever, though the first one was started by hand while it waited the last time', async () => {
    const { link, clock, exits, shakes, phases, errors } = await crew(2);
    exits(1);
    clock.advance(300);
    exits(0);
    clock.advance(1_000);
    expect(phases()).toEqual(['backoff', 'starting']);
    link.start();
    for (let i = 0; i < 2; i += 1) await shakes(4);
    await until(() => phases().every((phase) => phase === 'ready'), 'both are back');
    clock.advance(FOUND_HUNG);
    exits(2);
    clock.advance(500);
    exits(3);
    clock.advance(1_000);
    expect(phases()).toEqual(['backoff', 'starting']);
    expect(errors).not.toContain('ERR_PLUGIN_HUNG');
  });
});
