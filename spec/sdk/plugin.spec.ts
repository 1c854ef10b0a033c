import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { NEVER, Observable } from 'rxjs';
import type { RxportError } from '../../lib/errors.js';
import { plugin } from '../../lib/sdk/index.js';
import { HandClock } from '../helpers/hand-clock.js';
import { PluginHost } from '../helpers/plugin-host.js';
import { RepEnd } from '../helpers/rep-end.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

describe('a plugin', () => {
  it.each([
    ['a name', { name: '../x' }, 'ERR_NAME_INVALID'],
    ['the name of a source', { name: 'x', sources: { 'a/b': () => NEVER } }, 'ERR_NAME_INVALID'],
    ['a symbol that is none', { name: 'x', sinks: { y: 5 as never } }, 'ERR_CONFIG_INVALID'],
    ['a function without exec', { name: 'x', functions: { y: {} as never } }, 'ERR_CONFIG_INVALID'],
    ['a queue', { name: 'x', sources: { y: { open: () => NEVER, queue: 0 } } }, 'ERR_CONFIG_INVALID'],
    [
      'a way to decode',
      { name: 'x', sinks: { y: { open: () => () => undefined, decode: 'xml' as never } } },
      'ERR_CONFIG_INVALID',
    ],
  ])('is refused for %s', (_, definition, code) => {
    expect(codeOf(() => plugin(definition))).toBe(code);
  });

  it('ends with code 2 and says so when there is no host', async () => {
    const lines: string[] = [];
    const exits: number[] = [];
    const { closed } = plugin(
      { name: 'lonely' },
      {
        argument: `{"sendTimeout":1000,"rxport":{"v":1,"caps":[],"ipcDir":${JSON.stringify(tempFolder())}}}`,
        exit: (code) => exits.push(code),
        write: (line) => lines.push(line),
      },
    );
    await closed;
    // A turn for those who wait for that.
    expect(exits).toEqual([]);
    await until(() => exits.length > 0);
    expect(exits).toEqual([2]);
    expect(lines).toEqual([
      expect.stringMatching(/^\[ERROR\] plugin lonely finds no host: cannot connect to .*plugin_/),
    ]);
  });

  it('waits for a host that is started by hand after it', async () => {
    const ipcDir = tempFolder();
    const exits: number[] = [];
    const clock = new HandClock();
    const { close } = plugin({ name: 'early' }, { ipcDir, argument: '', clock, exit: (code) => exits.push(code) });
    await until(() => clock.actions.length > 0, 'it has found nobody, and is going to try again');
    const control = await RepEnd.listen(`${ipcDir}/plugin_early.ipc`);
    await until(() => {
      clock.advance(100);
      return control.heard.length === 1;
    });
    await close();
    expect(exits).toEqual([]);
    await control.close();
  });

  it('ends with code 1 when its host goes, and leaves no socket', async () => {
    const host = await PluginHost.listen();
    let stopped = false;
    const source = () => new Observable(() => () => (stopped = true));
    const { closed } = host.run({ sources: { source }, sinks: { sink: () => () => undefined } });
    await host.source('source');
    await host.sink('sink');
    await host.control.close();
    await closed;
    await until(() => host.exits.length > 0);
    expect(host.exits).toEqual([1]);
    expect(stopped).toBe(true);
    expect(readdirSync(host.ipcDir).filter((name) => name === 'rule_op2_0.ipc')).toEqual([]);
  });

  it('closes without ending the process', async () => {
    const host = await PluginHost.listen();
    const { close, closed } = host.run({ functions: { echo: (value) => value } });
    await host.function('echo');
    await close();
    await closed;
    await until(() => host.control.gone);
    expect(host.exits).toEqual([]);
  });
});

function codeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return (error as RxportError).code;
  }
}
