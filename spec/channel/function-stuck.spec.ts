import { afterEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { FunctionCall } from '../../lib/channel/function-call.js';
import { FunctionChannel } from '../../lib/channel/function-channel.js';
import { pluginStopped } from '../../lib/errors.js';
import { HandClock } from '../helpers/hand-clock.js';
import { Requester } from '../helpers/requester.js';
import { tempFolder } from '../helpers/unique.js';

const opened: FunctionChannel[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((channel) => channel.close(pluginStopped('p'))));
});

async function listening() {
  const clock = new HandClock();
  const told: string[] = [];
  const address = join(tempFolder(), 'x.ipc');
  const stuck = ({ code }: { readonly code: string }): number => told.push(code);
  const channel = new FunctionChannel(address, { symbol: 'f', clock, maxSend: () => undefined, stuck });
  await channel.open();
  opened.push(channel);
  const submit = (options: Partial<FunctionCall> = {}): FunctionCall => {
    const done = (): void => undefined;
    const call: FunctionCall = { body: 'a', timeout: 5_000, whenLost: 'repeat', cancelled: false, done, ...options };
    channel.submit(call);
    return call;
  };
  return { address, channel, clock, told, submit };
}

describe('a call that waits', () => {
  it('behind one that was given up, and is never answered, is told after half a minute, and again', async () => {
    const { address, clock, told, submit } = await listening();
    const peer = await Requester.dial(address, 'handshake');
    submit();
    await peer.heard(1);
    submit();
    clock.advance(5_000);
    clock.advance(29_000);
    expect(told).toEqual([]);
    clock.advance(2_000);
    expect(told).toEqual(['ERR_CALL_TIMEOUT']);
    clock.advance(31_000);
    expect(told).toHaveLength(2);
  });

  it('for a process that never comes is told too, unless that has only just been started', async () => {
    const { channel, clock, told, submit } = await listening();
    submit();
    clock.advance(29_000);
    channel.moved();
    clock.advance(29_000);
    expect(told).toEqual([]);
    clock.advance(2_000);
    expect(told).toEqual(['ERR_CALL_TIMEOUT']);
  });

  it('behind one that may take its time is not told', async () => {
    const { address, clock, told, submit } = await listening();
    const peer = await Requester.dial(address, 'handshake');
    submit({ timeout: 120_000 });
    await peer.heard(1);
    submit();
    clock.advance(100_000);
    expect(told).toEqual([]);
  });

  it('for nobody any longer is not told', async () => {
    const { clock, told, submit } = await listening();
    for (const call of [submit(), submit()]) call.cancelled = true;
    clock.advance(100_000);
    expect(told).toEqual([]);
    expect(clock.actions).toEqual([]);
  });

  it('is made when the answer that was given up comes after all', async () => {
    const { address, clock, told, submit } = await listening();
    const peer = await Requester.dial(address, 'handshake');
    submit();
    await peer.heard(1);
    submit({ body: 'b' });
    clock.advance(25_000);
    peer.says('{"state":true,"result":1}');
    expect(await peer.heard(2)).toEqual(['a', 'b']);
    clock.advance(4_000);
    expect(told).toEqual([]);
  });
});
