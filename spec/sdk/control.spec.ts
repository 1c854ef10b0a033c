import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { NEVER, Observable } from 'rxjs';
import { problem } from '../../lib/sdk/commands.js';
import { plugin } from '../../lib/sdk/index.js';
import { VERSION } from '../../lib/sdk/version.js';
import { functionControl, sinkControl, sourceControl } from '../../lib/wire/control.js';
import { HandClock } from '../helpers/hand-clock.js';
import { PluginHost } from '../helpers/plugin-host.js';
import { root } from '../helpers/toolchains.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const META = { ruleId: 'rule', opId: 'op', instanceId: 0 };
const handshake = (caps: string): string => `handshake {"v":1,"sdk":"rxport-ts/${VERSION}","caps":[${caps}]}`;
/** To a host that named these. */
const HANDSHAKE = handshake('"complete","batch"');

const missing = (what: string, has: string) => `symbol not found: the main program has no ${what}; it has ${has}`;

describe('the handshake', () => {
  it('has these bytes', async () => {
    const ipcDir = tempFolder();
    const name = unique('p');
    const chunks: Buffer[] = [];
    let socket: Socket | undefined;
    const server = createServer((connection) => {
      socket = connection;
      connection.on('data', (chunk) => chunks.push(chunk));
      connection.write(Buffer.from('0053500000310000', 'hex'));
    });
    await new Promise<void>((resolve) => server.listen(`${ipcDir}/plugin_${name}.ipc`, resolve));

    const { close } = plugin({ name }, { ipcDir, argument: '{"sendTimeout":1000}', exit: () => undefined });
    await until(() => Buffer.concat(chunks).length > 17);
    const bytes = Buffer.concat(chunks);
    expect(bytes.subarray(0, 8).toString('hex')).toBe('0053500000300000');
    expect(bytes[8]).toBe(1);
    expect(bytes.readBigUInt64BE(9)).toBe(BigInt(4 + handshake('').length));
    expect(bytes[17]! & 0x80).toBe(0x80);
    expect(bytes.subarray(21).toString()).toBe(handshake(''));

    await close();
    socket?.destroy();
    server.close();
  });

  it('names the version of the package', () => {
    expect(JSON.parse(readFileSync(`${root}package.json`, 'utf8'))).toMatchObject({ version: VERSION });
  });
});

describe('the control channel', () => {
  /** A plugin that has shaken hands, and whose time the spec makes pass. */
  async function silent() {
    const clock = new HandClock();
    const host = await PluginHost.listen();
    host.run({}, clock);
    const { heard } = host.control;
    const says = (count: number): Promise<true> => until(() => heard.length === count, `${count} words`);
    await says(1);
    return { clock, host, heard, says, ask: () => host.command('start', functionControl('nobody')) };
  }
  const ANSWER = missing('function nobody', 'none');

  it('says exactly "handshake" after five seconds of silence, and again', async () => {
    const { clock, heard, says, ask } = await silent();
    for (const count of [2, 3]) {
      clock.advance(5_000);
      await says(count);
    }
    // The answer comes after whatever else was said.
    expect(await ask()).toBe(ANSWER);
    expect(heard).toEqual([HANDSHAKE, 'handshake', 'handshake', ANSWER]);
  });

  it('is silent from the last answer on, not from the last keepalive', async () => {
    const { clock, heard, says, ask } = await silent();
    for (const ms of [4_999, 4_999, 3_000]) {
      clock.advance(ms);
      await ask();
    }
    expect(heard).toEqual([HANDSHAKE, ANSWER, ANSWER, ANSWER]);
    clock.advance(5_000);
    await says(5);
    expect(heard.at(-1)).toBe('handshake');
  });

  it.each([
    ['an unknown source', 'start', sourceControl('nobody', META, undefined, {}), missing('source nobody', 'silent')],
    ['an unknown sink', 'start', sinkControl('nobody', META, {}), missing('sink nobody', 'quiet')],
    ['a name that every object has', 'start', functionControl('constructor'), missing('function constructor', 'echo')],
    ['a STOP of what does not run', 'stop', sourceControl('silent', META, undefined, {}), 'symbol silent not found'],
    ['a STOP of a function', 'stop', functionControl('echo'), 'symbol echo not found'],
    ['a source whose channel is missing', 'start', sourceControl('silent', META, undefined, {}), /cannot connect/],
    ['a sink whose ack channel is missing', 'start', sinkControl('quiet', META, {}), /cannot connect/],
    ['a function whose channel is missing', 'start', functionControl('echo'), /cannot connect/],
  ] as const)('answers %s', async (_, verb, control, expected) => {
    const host = await PluginHost.listen();
    host.run({
      sources: { silent: () => NEVER },
      functions: { echo: (value) => value },
      sinks: { quiet: () => () => undefined },
    });
    expect(await host.command(verb, control)).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    );
    expect(readdirSync(host.ipcDir)).toEqual([`plugin_${host.name}.ipc`]);
  });

  it('answers what is no command, and goes on', async () => {
    const host = await PluginHost.listen();
    host.run({});
    expect(await host.control.ask('{"cmd":"dance","arg":"{}"}')).toMatch(/symbolName/);
    const arg = JSON.stringify(functionControl('x'));
    expect(await host.control.ask(JSON.stringify({ cmd: 'dance', arg }))).toBe('invalid command received: dance');
    expect(await host.control.ask('garbage')).toMatch(/not JSON/);
  });

  it('answers a START with what the factory threw', async () => {
    const host = await PluginHost.listen();
    const boom = () => {
      throw new Error('no such device');
    };
    host.run({ sources: { boom }, sinks: { boom } });
    const source = await host.source('boom');
    const sink = await host.sink('boom');
    expect([source.answer, sink.answer]).toEqual(['no such device', 'no such device']);
    await until(() => source.ends() === 1 && sink.acks.ends() === 1, 'both channels are closed again');
    expect(await source.stop()).toBe('symbol boom not found');
    expect(await sink.stop()).toBe('symbol boom not found');
  });

  it('answers a START of what opens as nothing', async () => {
    const host = await PluginHost.listen();
    host.run({ sources: { none: () => undefined as never }, sinks: { none: () => undefined as never } });
    expect((await host.source('none')).answer).toMatch(/where a stream was expected/);
    expect((await host.sink('none')).answer).toMatch(/return a function or an observer/);
  });

  it('runs one command after another', async () => {
    const host = await PluginHost.listen();
    const order: string[] = [];
    const slow = () =>
      new Observable(() => {
        order.push('subscribed');
        return () => order.push('unsubscribed');
      });
    host.run({ sources: { slow } });
    const source = await host.source('slow');
    await until(() => order.length === 1);
    expect(await source.stop()).toBe('ok');
    expect(order).toEqual(['subscribed', 'unsubscribed']);
  });
});

describe('an error text', () => {
  // eKuiper repeats a command for ever when the answer begins with an h.
  it.each(['host unreachable', 'handshake', 'ok', ''])('"%s" is not mistaken for something else', (text) => {
    expect(problem(text)).toBe(`error: ${text}`);
  });

  it('stays as it is otherwise', () => {
    expect(problem('okay, no such host')).toBe('okay, no such host');
  });
});
