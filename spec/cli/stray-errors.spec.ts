import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { config } from 'rxjs';
import { type Strays, withStrays } from '../../lib/cli/stray-errors.js';
import type { RxportError } from '../../lib/index.js';
import { isAlive } from '../helpers/alive.js';
import { HandClock } from '../helpers/hand-clock.js';
import { linesLog } from '../helpers/lines-log.js';
import { type Finished, Rxport } from '../helpers/rxport.js';
import { root } from '../helpers/toolchains.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

/** The command over a folder with the plugin mirror and `rules/a.ts`, a steady rule beside what is thrown. */
async function command(verb: 'serve' | 'run', text: string, ...more: readonly string[]) {
  const cwd = await writeTree(tempFolder(), {
    'rules/a.ts': `import { interval, take } from 'rxjs';
import { defineRule } from 'rxport';
export default defineRule('steady', ({ source }) => source('random', { config: { interval: 5 } })${verb === 'run' ? '.pipe(take(40))' : ''});
${text}`,
  });
  await cp(`${root}dist/plugins/mirror`, join(cwd, 'data/plugins/portables/mirror'), { recursive: true });
  const port = verb === 'serve' ? ['--port', '0', '--json'] : [];
  return { cwd, process: new Rxport([verb, 'rules/a.ts', '--dir', 'data', ...port, ...more], { cwd }) };
}

interface Served {
  readonly url: string;
  readonly pid: number;
}

async function serving(text: string, ...more: readonly string[]) {
  const { cwd, process } = await command('serve', text, ...more);
  await process.says('}\n');
  const { url } = JSON.parse(process.stdout) as Served;
  const get = async <T>(path: string): Promise<T> => (await (await fetch(url + path)).json()) as T;
  return { cwd, process, get };
}

const loggedIn = ({ stderr }: { readonly stderr: string }): readonly Record<string, unknown>[] =>
  stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));

/** A throw in each, of the one rule file. */
const STRAY = {
  subscription: `interval(20).subscribe(() => {
  throw new Error('in a subscriber');
});`,
  promise: `setTimeout(() => void Promise.reject(new TypeError('of a promise')), 20);`,
};
const FATAL = `const go = (): void => {
  throw new RangeError('of a timer');
};
setTimeout(go, 800);`;
const FATAL_ON_GO = `import { existsSync } from 'node:fs';
setInterval(() => {
  if (existsSync('go')) throw new RangeError('of a timer');
}, 20);`;

/** Of the plugin, once its process has shaken hands. */
async function readyPid(get: Awaited<ReturnType<typeof serving>>['get']): Promise<number> {
  for (const end = Date.now() + 10_000; Date.now() < end; await sleep(20)) {
    const { pid } = await get<{ readonly pid: number | null }>('/plugins/portables/mirror/status');
    if (pid !== null) return pid;
  }
  throw new Error('the plugin has no process');
}

describe('an error that nobody handles', () => {
  it.each([
    ['subscription', 'nobody handles an error in a subscription', 'a.ts:5:9: in a subscriber'],
    ['promise', 'nobody handles a rejected promise', 'a.ts:4:38: of a promise'],
  ] as const)('in a %s is told with its place, and the service goes on', async (kind, who, where) => {
    const { process, get } = await serving(STRAY[kind], '--log-level', 'debug');
    await process.errs(where);
    await process.errs('its stack: ');
    const logged = loggedIn(process);
    const told = logged.find(({ code }) => code === 'ERR_UNHANDLED');
    expect(told).toMatchObject({ level: 50, msg: expect.stringContaining(who) });
    expect(logged).toContainEqual(expect.objectContaining({ level: 20, msg: expect.stringContaining('    at ') }));
    expect(await get('/health')).toEqual({ status: 'ok' });
    expect(await get('/rules')).toMatchObject([{ id: 'steady', status: expect.stringMatching(/running|waiting/) }]);
    process.child.kill('SIGTERM');
    // The rule file's own timer is not waited for.
    expect(await process.finished).toMatchObject({ code: 0 });
  });

  it('makes `rxport run` fail when its rules have ended', async () => {
    const { process } = await command('run', STRAY.promise);
    const { code, stdout, stderr } = await process.finished;
    expect(code).toBe(1);
    expect(stdout).toContain('steady completed');
    expect(stderr).toMatch(
      /^rxport: nobody handles a rejected promise at .*a\.ts:4:38: of a promise \(ERR_UNHANDLED\)$/m,
    );
  });
});

describe('an exception that nobody catches', () => {
  it.each(['serve', 'run'] as const)('stops `rxport %s` gently, and fails', async (verb) => {
    const { cwd, process } = await command(verb, FATAL.replace('800', verb === 'run' ? '100' : '800'));
    const finished: Finished = await process.finished;
    expect(finished.code).toBe(1);
    expect(finished.stderr).toMatch(
      /^rxport: nobody caught an exception at .*a\.ts:5:9: of a timer \(ERR_UNCAUGHT\)$|"code":"ERR_UNCAUGHT".*a\.ts:5:9/m,
    );
    expect(loggedIn(finished).filter(({ code }) => code === 'ERR_UNCAUGHT')).toMatchObject([
      { msg: expect.stringContaining('everything is stopped') },
      { msg: expect.stringContaining('    at ') },
    ]);
    expect(existsSync(join(cwd, 'data/host.lock'))).toBe(false);
    expect(existsSync(join(cwd, 'data/run/rest.json'))).toBe(false);
  });

  it('leaves no plugin running', async () => {
    const { cwd, process, get } = await serving(FATAL_ON_GO);
    const pid = await readyPid(get);
    expect(isAlive(pid)).toBe(true);
    writeFileSync(join(cwd, 'go'), '');
    expect(await process.finished).toMatchObject({ code: 1 });
    expect(isAlive(pid)).toBe(false);
  });
});

/** What `work` hears, of a process and a clock that the spec has. */
function owned(work: (strays: Strays) => Promise<unknown>, process = new EventEmitter()) {
  const clock = new HandClock();
  const { log, lines } = linesLog();
  const givenUp: RxportError[] = [];
  const result = withStrays({ log, clock, process: process as never, giveUp: (error) => givenUp.push(error) }, work);
  return { process, clock, lines, givenUp, result };
}

describe('who owns stray errors', () => {
  const thrown = (text: string): Error => Object.assign(new Error(text), { stack: `Error: ${text}\n    at /a.ts:1:1` });

  it('has as long as what it runs, and leaves nothing behind', async () => {
    const before = config.onUnhandledError;
    let end = (): void => undefined;
    const { process, result } = owned(() => new Promise<void>((resolve) => (end = resolve)));
    expect(process.listenerCount('uncaughtException')).toBe(1);
    expect(config.onUnhandledError).not.toBe(before);
    end();
    await result;
    expect(process.eventNames()).toEqual([]);
    expect(config.onUnhandledError).toBe(before);
  });

  it('says why it was stopped, whatever that has led to', async () => {
    const process = new EventEmitter();
    const { result } = owned(({ fatal }) => {
      process.emit('uncaughtException', thrown('first'));
      return Promise.reject(fatal.aborted ? new Error('torn') : new Error('not told'));
    }, process);
    await expect(result).rejects.toMatchObject({ code: 'ERR_UNCAUGHT', message: expect.stringContaining('first') });
    await expect(owned(() => Promise.reject(new Error('own'))).result).rejects.toThrow('own');
  });

  it('lets a handler of rxjs be that a rule file has set', async () => {
    const before = config.onUnhandledError;
    const mine = (): void => undefined;
    try {
      await owned(async () => (config.onUnhandledError = mine)).result;
      expect(config.onUnhandledError).toBe(mine);
    } finally {
      config.onUnhandledError = before;
    }
  });

  it('tells once a second of one place, with the count', async () => {
    let end = (): void => undefined;
    const { process, clock, lines, result } = owned(() => new Promise<void>((resolve) => (end = resolve)));
    for (let left = 500; left > 0; left -= 1) process.emit('unhandledRejection', thrown(`value ${left}`));
    const errors = (): readonly string[] => lines.filter((line) => line.startsWith('error'));
    expect(errors()).toEqual(['error nobody handles a rejected promise at /a.ts:1:1: value 500']);
    clock.advance(1_000);
    expect(errors().slice(1)).toEqual([
      'error nobody handles a rejected promise at /a.ts:1:1: value 1 (499 times in a second)',
    ]);
    end();
    await result;
  });

  it('cuts the stop short, then gives it up', async () => {
    let end = (): void => undefined;
    let late: AbortSignal | undefined;
    const { process, clock, givenUp, result } = owned((strays) => {
      late = strays.late;
      return new Promise<void>((resolve) => (end = resolve));
    });
    process.emit('uncaughtException', thrown('first'));
    process.emit('uncaughtException', thrown('second'));
    clock.advance(9_999);
    expect(late?.aborted).toBe(false);
    clock.advance(1);
    expect([late?.aborted, givenUp]).toEqual([true, []]);
    clock.advance(10_000);
    expect(givenUp).toMatchObject([{ code: 'ERR_UNCAUGHT', message: expect.stringContaining('first') }]);
    end();
    expect(await result).toEqual({ value: undefined, fatal: givenUp[0], first: undefined });
  });

  const throws = (): never => {
    throw new Error('of a getter');
  };

  it.each<[string, () => unknown]>([
    ['undefined', () => undefined],
    ['null', () => null],
    ['a text', () => 'text'],
    ['a symbol', () => Symbol('s')],
    ['an object without a prototype', () => Object.create(null) as unknown],
    ['a stack that is no text', () => ({ stack: 5 })],
    ['a message that is no text', () => ({ message: 5 })],
    ['a stack that throws', () => Object.defineProperty(new Error('x'), 'stack', { get: throws })],
    ['a message that throws', () => Object.defineProperty(new Error('x'), 'message', { get: throws })],
    ['an address with a slash in a name', () => ({ stack: 'Error: x\n    at file:///a%2Fb.mjs:1:2' })],
    ['an address that is none', () => ({ stack: 'Error: x\n    at file:///%zz.mjs:1:2' })],
  ])('bears %s that is thrown', async (_, make) => {
    let end = (): void => undefined;
    const { process, lines, result } = owned(() => new Promise<void>((resolve) => (end = resolve)));
    process.emit('uncaughtException', make());
    end();
    expect((await result).fatal).toMatchObject({ code: 'ERR_UNCAUGHT' });
    expect(lines[0]).toContain('error nobody caught an exception');
  });
});
