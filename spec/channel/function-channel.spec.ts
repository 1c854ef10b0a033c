import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { FunctionChannel } from '../../lib/channel/function-channel.js';
import { systemClock } from '../../lib/clock.js';
import { listening, result, stopped } from '../helpers/function-end.js';
import { heapGrowth } from '../helpers/heap-growth.js';
import { HandClock } from '../helpers/hand-clock.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

describe('the channel of a function', () => {
  it('calls one process once at a time, in order', async () => {
    const { calls, submit, dial } = await listening();
    for (const body of ['a', 'b', 'c']) submit(body);
    const process = await dial();
    expect(await process.heard(1)).toEqual(['a']);
    process.says('handshake');
    expect(await process.heard(2)).toEqual(['a', 'a']);
    process.says(result(1));
    expect(await process.heard(3)).toEqual(['a', 'a', 'b']);
    process.says('{"state":false,"result":"no"}');
    await process.heard(4);
    process.says('');
    expect(await calls.count(3)).toEqual(['a: result 1', 'b: failed "no"', 'c: ERR_MESSAGE_INVALID']);
  });

  it('spreads its calls over all processes', async () => {
    const { channel, calls, submit, dial } = await listening();
    expect(channel.capacity).toBe(1);
    for (const body of ['a', 'b', 'c']) submit(body);
    const first = await dial();
    await first.heard(1);
    const second = await dial();
    expect(await second.heard(1)).toEqual(['b']);
    expect(channel.capacity).toBe(3);
    second.says(result(2));
    expect(await second.heard(2)).toEqual(['b', 'c']);
    second.says(result(3));
    await calls.count(2);
    first.says(result(1));
    expect(await calls.count(3)).toEqual(['b: result 2', 'c: result 3', 'a: result 1']);
    expect(first.received).toEqual(['a']);
  });

  it('gives up on a late answer, and drops it when it comes', async () => {
    const clock = new HandClock();
    const { calls, submit, dial } = await listening(clock);
    submit('a', { timeout: 100 });
    submit('b', { timeout: 100 });
    // The time of a call that waits has not begun.
    clock.advance(1_000);
    const process = await dial();
    await process.heard(1);
    clock.advance(50);
    expect(calls.outcomes).toEqual([]);
    clock.advance(100);
    expect(calls.outcomes).toEqual(['a: ERR_CALL_TIMEOUT']);
    clock.advance(1_000);
    process.says(result('late'));
    expect(await process.heard(2)).toEqual(['a', 'b']);
    process.says(result('in time'));
    expect(await calls.count(2)).toEqual(['a: ERR_CALL_TIMEOUT', 'b: result "in time"']);
  });

  it('has a deadline for a call that is submitted when another one is late', async () => {
    const clock = new HandClock();
    const { calls, submit, dial } = await listening(clock);
    submit('a', { timeout: 100 });
    submit('b', { timeout: 100 });
    const idle = await dial();
    await idle.heard(1);
    const busy = await dial();
    await busy.heard(1);
    idle.says(result(1));
    await calls.count(1);
    calls.each = () => {
      calls.each = () => undefined;
      submit('c', { timeout: 100 });
    };
    clock.advance(150);
    await idle.heard(2);
    clock.advance(150);
    expect(calls.outcomes).toEqual(['a: result 1', 'b: ERR_CALL_TIMEOUT', 'c: ERR_CALL_TIMEOUT']);
  });

  it('gives up what has waited too long for a process, and nothing else', async () => {
    const clock = new HandClock();
    const { channel, calls, submit, dial } = await listening(clock);
    submit('a', { patience: 100 });
    submit('b', { patience: 300 });
    channel.cancel(submit('c', { patience: 100 }));
    submit('d');
    submit('e', { patience: 100 });
    const process = await dial();
    await process.heard(1);
    clock.advance(50);
    expect(calls.outcomes).toEqual([]);
    clock.advance(100);
    expect(calls.outcomes).toEqual(['e: ERR_CALL_TIMEOUT']);
    clock.advance(200);
    expect(calls.outcomes).toEqual(['e: ERR_CALL_TIMEOUT', 'b: ERR_CALL_TIMEOUT']);
    process.says(result(1));
    expect(await process.heard(2)).toEqual(['a', 'd']);
    process.says(result(4));
    expect(await calls.count(4)).toEqual(expect.arrayContaining(['a: result 1', 'd: result 4']));
  });

  it('has patience anew with a call whose process is lost', async () => {
    const clock = new HandClock();
    const { channel, calls, submit, dial } = await listening(clock);
    submit('a', { patience: 100 });
    const process = await dial();
    await process.heard(1);
    clock.advance(500);
    process.close();
    await until(() => channel.capacity === 1);
    clock.advance(50);
    expect(calls.outcomes).toEqual([]);
    clock.advance(100);
    expect(calls.outcomes).toEqual(['a: ERR_CALL_TIMEOUT']);
  });

  it('repeats a call whose process is lost, once', async () => {
    const { calls, submit, dial } = await listening();
    submit('a');
    submit('b');
    const first = await dial();
    await first.heard(1);
    first.close();
    const second = await dial();
    expect(await second.heard(1)).toEqual(['a']);
    second.close();
    expect(await calls.count(1)).toEqual(['a: ERR_CALL_LOST']);
    const third = await dial();
    expect(await third.heard(1)).toEqual(['b']);
    third.says(result(1));
    expect(await calls.count(2)).toEqual(['a: ERR_CALL_LOST', 'b: result 1']);
  });

  it('does not repeat a call that must not be', async () => {
    const { calls, submit, dial } = await listening();
    submit('a', { whenLost: 'error' });
    const process = await dial();
    await process.heard(1);
    process.close();
    expect(await calls.count(1)).toEqual(['a: ERR_CALL_LOST']);
  });

  it('skips what is cancelled, and says nothing of it', async () => {
    const { channel, calls, submit, dial } = await listening();
    const [out, waiting] = [submit('a'), submit('b')];
    submit('c');
    const process = await dial();
    await process.heard(1);
    for (const call of [out, waiting]) channel.cancel(call);
    process.says(result(1));
    expect(await process.heard(2)).toEqual(['a', 'c']);
    process.says(result(3));
    expect(await calls.count(1)).toEqual(['c: result 3']);
  });

  it('does not repeat what is cancelled', async () => {
    const { channel, submit, dial } = await listening();
    const call = submit('a');
    submit('b');
    const first = await dial();
    await first.heard(1);
    channel.cancel(call);
    first.close();
    expect(await (await dial()).heard(1)).toEqual(['b']);
  });

  it.each([
    ['without a key', undefined],
    ['with a key', 'k'],
  ])('keeps little of what is cancelled while nobody takes calls: %s', async (_, key) => {
    const { channel, calls, submit, dial } = await listening();
    submit('first', { key });
    const grown = heapGrowth(() => {
      for (let n = 0; n < 100_000; n += 1) channel.cancel(submit(`cancelled ${n}`, { key }));
    });
    expect(grown).toBeLessThan(2_000_000);
    submit('last', { key });
    const process = await dial();
    expect(await process.heard(1)).toEqual(['first']);
    process.says(result(1));
    expect(await process.heard(2)).toEqual(['first', 'last']);
    process.says(result(2));
    expect(await calls.count(2)).toEqual(['first: result 1', 'last: result 2']);
  });

  it('refuses a request over the limit of the plugin, and goes on', async () => {
    const { calls, submit, dial } = await listening(systemClock, 50);
    submit('x'.repeat(47));
    submit('a');
    const process = await dial();
    expect(await process.heard(1)).toEqual(['a']);
    process.says(result(1));
    expect(await calls.count(2)).toEqual([`${'x'.repeat(47)}: ERR_FRAME_TOO_LARGE`, 'a: result 1']);
  });

  it('fails what is out, what waits and what comes when it closes', async () => {
    const { channel, calls, submit, dial } = await listening();
    submit('out');
    submit('waiting');
    channel.cancel(submit('cancelled'));
    const process = await dial();
    await process.heard(1);
    await channel.close(stopped);
    await process.gone();
    submit('new');
    const failed = ['waiting', 'out', 'new'].map((body) => `${body}: ERR_PLUGIN_STOPPED`);
    expect(calls.outcomes).toEqual(failed);
  });

  it('frees its address when it closes, also while it opens', async () => {
    const address = join(tempFolder(), 'x.ipc');
    const make = (): FunctionChannel =>
      new FunctionChannel(address, { symbol: 'f', clock: systemClock, maxSend: () => undefined });
    const [first, second, third] = [make(), make(), make()];
    await first.open();
    await expect(second.open()).rejects.toMatchObject({ code: 'ERR_ADDRESS_IN_USE' });
    await first.close(stopped);
    const opening = expect(second.open()).rejects.toMatchObject({ code: 'ERR_PLUGIN_STOPPED' });
    await second.close(stopped);
    await opening;
    await third.open();
    await third.close(stopped);
  });
});
