import { describe, expect, it } from '@jest/globals';
import { CallContexts } from '../../lib/sdk/call-contexts.js';
import type { DetailedFunction, FunctionContext, PluginFunction } from '../../lib/sdk/index.js';
import { stderrLog } from '../../lib/sdk/stderr-log.js';
import { encodeCommand, functionControl } from '../../lib/wire/control.js';
import { HandClock } from '../helpers/hand-clock.js';
import { PluginHost } from '../helpers/plugin-host.js';
import { until } from '../helpers/until.js';

const CALLER = { ruleId: 'rule', opId: 'op1', instanceId: 0, funcId: 3 };
const CONTEXT = JSON.stringify(CALLER);

async function start(definition: PluginFunction) {
  const host = await PluginHost.listen('stock');
  host.run({ functions: { f: definition } });
  const running = await host.function('f');
  return { host, ...running, exec: (...args: unknown[]) => running.ask({ func: 'Exec', arg: [...args, CONTEXT] }) };
}

/** A function that answers when the spec says so: `called` resolves once it is called, with how to let it answer. */
function slowly() {
  let finish: ((value: number) => void) | undefined;
  const slow = (): Promise<number> => new Promise((resolve) => (finish = resolve));
  return { slow, called: () => until(() => finish, 'it is called') };
}

describe('a function', () => {
  it.each<[string, PluginFunction, unknown]>([
    ['its result', (a: number, b: number) => a + b, 3],
    ['the result of a promise', async (a: number, b: number) => a - b, -1],
    ['null for undefined', () => undefined, null],
    ['null for a promise of undefined', async () => undefined, null],
    ['what exec() answers', { exec: ([a, b]: [number, number]) => ({ a, b }) }, { a: 1, b: 2 }],
  ])('answers %s', async (_, definition, result) => {
    const { answer, exec, channel } = await start(definition);
    expect(answer).toBe('ok');
    expect(await exec(1, 2)).toEqual({ state: true, result });
    expect(channel.heard[0]).toBe('handshake');
  });

  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  it.each<[string, PluginFunction, string | RegExp]>([
    [
      'what it throws',
      () => {
        throw new Error('boom');
      },
      'boom',
    ],
    [
      'a string that it throws',
      () => {
        throw 'bare';
      },
      'bare',
    ],
    ['a rejection', () => Promise.reject(new Error('late boom')), 'late boom'],
    ['a result that is a function', () => () => 1, /result: a function has no JSON/],
    ['a result that is a BigInt', () => 1n, /result: .*BigInt/],
    ['a promised circle', async () => circle, /result: .*circular/],
    [
      'what exec() throws',
      {
        exec: () => {
          throw new Error('inner');
        },
      },
      'inner',
    ],
  ])('fails with %s, and goes on', async (_, definition, text) => {
    const { exec } = await start(definition);
    const failure = { state: false, result: typeof text === 'string' ? text : expect.stringMatching(text) };
    expect(await exec(1)).toEqual(failure);
    expect(await exec(1)).toEqual(failure);
  });

  it.each([
    ['an unknown func', { func: 'Dance', arg: [] }, /invalid func Dance/],
    ['no list', { func: 'Exec', arg: null }, /list of arguments/],
    ['no context', { func: 'Exec', arg: [] }, /call context/],
    ['a context that is no JSON', { func: 'Exec', arg: [1, 'x'] }, /call context/],
    ['a context that lacks a key', { func: 'Exec', arg: [1, '{"ruleId":"r"}'] }, /call context/],
    ['no func', { arg: [] }, /func/],
  ])('refuses %s', async (_, request, text) => {
    const { ask } = await start(() => 1);
    expect(await ask(request)).toEqual({ state: false, result: expect.stringMatching(text) });
  });

  it.each<[string, NonNullable<DetailedFunction['validate']>, unknown]>([
    ['well', async () => undefined, { state: true, result: '' }],
    ['badly', async () => 'never', { state: false, result: 'never' }],
    ['by what rejects', () => Promise.reject(new Error('no table')), { state: false, result: 'no table' }],
  ])('is validated later, %s', async (_, validate, answer) => {
    const { ask } = await start({ validate, exec: () => 1 });
    expect(await ask({ func: 'Validate', arg: [1] })).toEqual(answer);
  });

  it('is validated', async () => {
    const seen: unknown[] = [];
    const { ask } = await start({
      exec: () => 1,
      validate: (args) => {
        seen.push(args);
        if (args.length === 2) throw new Error('never two');
        return args.length === 1 ? undefined : 'one argument, please';
      },
    });
    expect(await ask({ func: 'Validate', arg: [{}] })).toEqual({ state: true, result: '' });
    expect(await ask({ func: 'Validate', arg: null })).toEqual({ state: false, result: 'one argument, please' });
    expect(await ask({ func: 'Validate', arg: [1, 2] })).toEqual({ state: false, result: 'never two' });
    expect(seen).toEqual([[{}], [], [1, 2]]);
  });

  it('takes any arguments when it does not say', async () => {
    const { ask } = await start(() => 1);
    expect(await ask({ func: 'Validate', arg: [1, 2, 3] })).toEqual({ state: true, result: '' });
  });

  it.each([true, false])('says whether it aggregates: %s', async (aggregate) => {
    const { ask } = await start({ exec: () => 1, aggregate });
    expect(await ask({ func: 'IsAggregate', arg: null })).toEqual({ state: true, result: aggregate });
  });

  it('knows who calls, by one object for each caller', async () => {
    const contexts: FunctionContext[] = [];
    const { ask, exec, host } = await start({ exec: (_, context) => contexts.push(context) });
    await exec();
    await exec();
    await ask({ func: 'Exec', arg: [JSON.stringify({ ...CALLER, opId: 'op2' })] });
    expect(contexts[0]).toMatchObject({ symbol: 'f', ...CALLER });
    expect(contexts[1]).toBe(contexts[0]);
    expect(contexts[2]?.opId).toBe('op2');
    contexts[0]?.log.warn('odd');
    expect(host.lines).toContain('[WARN] odd {"symbol":"f","ruleId":"rule"}\n');
  });

  it('runs once when it is started twice', async () => {
    const { host, channel, exec } = await start(() => 1);
    expect(await host.control.ask(encodeCommand('start', functionControl('f')))).toBe('ok');
    expect(await exec()).toEqual({ state: true, result: 1 });
    expect(channel.heard.filter((text) => text === 'handshake')).toHaveLength(1);
  });

  it('can be started again when its channel was closed', async () => {
    const { host, channel } = await start(() => 2);
    await channel.close();
    const again = await host.function('f');
    // Until the plugin has noticed, it takes a START for a second one.
    while (again.channel.heard.length === 0) await host.command('start', functionControl('f'));
    expect(await again.ask({ func: 'Exec', arg: [CONTEXT] })).toEqual({ state: true, result: 2 });
  });

  it('keeps its channel alive every five seconds, not during a call', async () => {
    const clock = new HandClock();
    const host = await PluginHost.listen('stock');
    const { slow, called } = slowly();
    host.run({ functions: { slow } }, clock);
    const { channel, ask } = await host.function('slow');
    const says = (count: number): Promise<true> => until(() => channel.heard.length === count, `${count} words`);
    await says(1);
    clock.advance(5_000);
    await says(2);
    const result = ask({ func: 'Exec', arg: [CONTEXT] });
    const finish = await called();
    clock.advance(55_000);
    finish(7);
    expect(await result).toEqual({ state: true, result: 7 });
    clock.advance(5_000);
    await says(4);
    expect(channel.heard).toEqual(['handshake', 'handshake', '{"state":true,"result":7}', 'handshake']);
  });

  it('finishes the call that is out when the plugin is closed', async () => {
    const host = await PluginHost.listen('stock');
    const { slow, called } = slowly();
    const handle = host.run({ functions: { slow } });
    const { channel, ask } = await host.function('slow');
    const result = ask({ func: 'Exec', arg: [CONTEXT] });
    const finish = await called();
    const closed = handle.close();
    finish(1);
    expect(await result).toEqual({ state: true, result: 1 });
    await closed;
    await until(() => channel.gone);
  });
});

describe('the callers of a function', () => {
  it('are forgotten, the one unheard of for longest first', () => {
    const contexts = new CallContexts(
      'f',
      stderrLog(() => undefined),
      2,
    );
    const caller = (opId: string) => JSON.stringify({ ...CALLER, opId });
    const a = contexts.of(caller('a'));
    const b = contexts.of(caller('b'));
    expect(contexts.of(caller('a'))).toBe(a);
    contexts.of(caller('c'));
    expect(contexts.of(caller('a'))).toBe(a);
    expect(contexts.of(caller('b'))).not.toBe(b);
  });
});
