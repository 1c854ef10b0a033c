import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../lib/clock.js';
import { decodeCommand, sinkControl, type Verb } from '../../lib/wire/control.js';
import { encodeHandshake } from '../../lib/wire/handshake.js';
import { listening, shaken } from '../helpers/control-end.js';
import { HandClock, ReadingClock } from '../helpers/hand-clock.js';
import type { Requester } from '../helpers/requester.js';
import { until } from '../helpers/until.js';

/** The newest command that `plugin` has got, of `count`. */
async function newest(plugin: Requester, count: number): Promise<string> {
  const { verb, control } = decodeCommand((await plugin.heard(count)).at(-1) ?? '', 'x');
  return `${verb} ${control.symbolName}`;
}

describe('the control line of a process', () => {
  it.each([
    ['handshake', undefined],
    ['ok', undefined],
    ['symbol r_o_0_s not found', undefined],
    ['', undefined],
    [encodeHandshake('rxport-ts/1', ['complete']), 'rxport-ts/1'],
  ])('takes "%s" for a handshake when it comes first, and the process was started by hand', async (text, sdk) => {
    const { recorder, dial, command } = await listening(systemClock, undefined, { byHand: true });
    const plugin = await dial(text);
    await recorder.shaken(1);
    expect(recorder.handshakes[0]?.sdk).toBe(sdk);
    const started = command('start', 'a');
    await plugin.heard(1);
    plugin.says('ok');
    expect(await started).toBe('done');
    expect(recorder.handshakes).toHaveLength(1);
  });

  it('sends its commands one at a time, in order', async () => {
    const { dial, command } = await listening();
    const commands = [command('start', 'a'), command('stop', 'b'), command('start', 'c')];
    const plugin = await dial('handshake');
    expect(await newest(plugin, 1)).toBe('start a');
    // The plugin has lost the command: it gets that one again, not the next.
    plugin.says('handshake');
    expect(await newest(plugin, 2)).toBe('start a');
    plugin.says('ok');
    expect(await newest(plugin, 3)).toBe('stop b');
    plugin.says('no');
    expect(await newest(plugin, 4)).toBe('start c');
    plugin.says('ok');
    expect(await Promise.all(commands)).toEqual(['done', 'ERR_SYMBOL_REFUSED', 'done']);
  });

  it.each<[string, Verb, string]>([
    ['ok', 'start', 'done'],
    ['ok', 'stop', 'done'],
    ['symbol r_o_0_a not found', 'stop', 'done'],
    ['symbol not found', 'start', 'ERR_SYMBOL_REFUSED'],
    ['host unreachable', 'start', 'ERR_SYMBOL_REFUSED'],
    ['handshake failed', 'stop', 'ERR_SYMBOL_REFUSED'],
    ['okay', 'start', 'ERR_SYMBOL_REFUSED'],
    ['', 'start', 'ERR_SYMBOL_REFUSED'],
  ])('takes the answer "%s" to %s for %s', async (text, verb, outcome) => {
    const { plugin, command } = await shaken();
    const done = command(verb, 'a');
    await plugin.heard(1);
    plugin.says(text);
    expect(await done).toBe(outcome);
  });

  it('says with what words a plugin refuses', async () => {
    const { plugin, line } = await shaken();
    const control = sinkControl('a', { ruleId: 'r', opId: 'o', instanceId: 0 }, {});
    const refused = expect(line.command('start', control, 1_000)).rejects.toMatchObject({
      details: { plugin: 'p', verb: 'start', symbol: 'a', text: 'host unreachable' },
    });
    await plugin.heard(1);
    plugin.says('host unreachable');
    await refused;
  });

  it('gives up on an answer that is late, and waits for it all the same before it goes on', async () => {
    const clock = new HandClock();
    const { recorder, plugin, command } = await shaken(clock);
    const [first, second] = [command('start', 'a', {}, 50), command('start', 'b', {}, 50)];
    await plugin.heard(1);
    clock.advance(49);
    expect(recorder.trouble).toEqual([]);
    clock.advance(1);
    expect(recorder.trouble).toEqual(['ERR_COMMAND_TIMEOUT']);
    expect(await first).toBe('ERR_COMMAND_TIMEOUT');
    // The time of a command that waits has not begun.
    clock.advance(1_000);
    plugin.says('no');
    expect(await newest(plugin, 2)).toBe('start b');
    plugin.says('ok');
    expect(await second).toBe('done');
    expect(recorder.trouble).toHaveLength(1);
  });

  it('looks for an answer before it says that there is none', async () => {
    const clock = new ReadingClock();
    const { recorder, plugin, command } = await shaken(clock);
    const first = command('start', 'a', {}, 50);
    await plugin.heard(1);
    clock.advance(50);
    plugin.says('ok');
    expect(await first).toBe('done');
    clock.read();
    expect(recorder.trouble).toEqual([]);
    const second = command('stop', 'a', {}, 50);
    await plugin.heard(2);
    clock.advance(50);
    clock.read();
    expect(await second).toBe('ERR_COMMAND_TIMEOUT');
    expect(recorder.trouble).toEqual(['ERR_COMMAND_TIMEOUT']);
  });

  it('tells when a connection is lost with a command out, and keeps the commands behind it', async () => {
    const { recorder, dial, plugin, command } = await shaken();
    const [first, second] = [command('start', 'a'), command('start', 'b')];
    await plugin.heard(1);
    plugin.close();
    expect(await first).toBe('ERR_COMMAND_LOST');
    expect(recorder.trouble).toEqual(['ERR_COMMAND_LOST']);
    const again = await dial('ok');
    expect(await newest(again, 1)).toBe('start b');
    again.says('ok');
    expect(await second).toBe('done');
  });

  it('closes a second connection while the first one lives', async () => {
    const { recorder, dial, plugin, command } = await shaken();
    const stranger = await dial('handshake');
    await stranger.gone();
    const done = command('start', 'a');
    expect(await newest(plugin, 1)).toBe('start a');
    plugin.says('ok');
    expect(await done).toBe('done');
    expect(stranger.received).toEqual([]);
    expect(recorder).toMatchObject({ handshakes: [{ sdk: undefined }], trouble: [] });
  });

  it('takes a new connection after a reset, and sends it nothing of before', async () => {
    const { recorder, socket, line, dial, plugin, command } = await shaken();
    const old = [command('start', 'a'), command('start', 'b')];
    await plugin.heard(1);
    socket.expect(line);
    expect(await Promise.all(old)).toEqual(['ERR_COMMAND_LOST', 'ERR_COMMAND_LOST']);
    await plugin.gone();
    const next = await dial('handshake');
    await recorder.shaken(2);
    const done = command('start', 'c');
    expect(await newest(next, 1)).toBe('start c');
    next.says('ok');
    expect(await done).toBe('done');
    expect(recorder.trouble).toEqual([]);
  });

  it('gives a process that has lost its connection ten seconds to come back', async () => {
    const clock = new HandClock();
    const { recorder, dial, plugin } = await shaken(clock);
    plugin.close();
    await until(() => clock.actions.length > 0, 'the loss is noticed');
    // Whoever it is: it has said nothing, and a plugin that is back does.
    const silent = await dial();
    silent.close();
    clock.advance(9_999);
    await dial('ok');
    await recorder.until(() => recorder.keepalives.length === 2);
    clock.advance(20_000);
    expect(recorder.trouble).toEqual([]);
  });

  it('looks for one that is back before it says that it is not', async () => {
    const clock = new ReadingClock();
    const { recorder, dial, plugin } = await shaken(clock);
    plugin.close();
    await until(() => clock.actions.length > 0, 'the loss is noticed');
    clock.advance(10_000);
    await dial('ok');
    await recorder.until(() => recorder.keepalives.length === 2);
    clock.read();
    expect(recorder.trouble).toEqual([]);
  });

  it('tells a keepalive from a greeting, also that of a connection that is made anew, and from an answer', async () => {
    const { recorder, dial, plugin, command } = await shaken();
    plugin.says('handshake');
    await recorder.until(() => recorder.keepalives.length === 2);
    const done = command('start', 'a');
    await plugin.heard(1);
    plugin.says('handshake');
    await plugin.heard(2);
    plugin.says('ok');
    expect(await done).toBe('done');
    plugin.close();
    const again = await dial('handshake');
    await recorder.until(() => recorder.keepalives.length === 5);
    again.says('handshake');
    await recorder.until(() => recorder.keepalives.length === 6);
    expect(recorder.keepalives).toEqual([false, true, false, false, false, true]);
  });

  it('tells when a process does not come back', async () => {
    const clock = new HandClock();
    const { recorder, plugin } = await shaken(clock);
    plugin.close();
    await until(() => clock.actions.length > 0, 'the loss is noticed');
    clock.advance(10_000);
    expect(recorder.trouble).toEqual(['ERR_COMMAND_LOST']);
  });

  it.each([
    ['the limit of the plugin', 300, 200],
    ['its own limit', undefined, 64 * 1024 * 1024],
  ])('refuses a command over %s, and goes on', async (_, limit, length) => {
    const { plugin, command } = await shaken(systemClock, limit);
    expect(await command('start', 'a', { text: 'x'.repeat(length) })).toBe('ERR_FRAME_TOO_LARGE');
    const done = command('start', 'b');
    expect(await newest(plugin, 1)).toBe('start b');
    plugin.says('ok');
    expect(await done).toBe('done');
  });

  it('refuses a configuration that has no JSON', async () => {
    const { command } = await shaken();
    expect(await command('start', 'a', { big: 1n })).toBe('ERR_CONFIG_INVALID');
  });
});
