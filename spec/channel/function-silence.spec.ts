import { afterEach, expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { FunctionChannel } from '../../lib/channel/function-channel.js';
import { FunctionWorker } from '../../lib/channel/function-worker.js';
import { pluginStopped } from '../../lib/errors.js';
import { HandClock } from '../helpers/hand-clock.js';
import { Requester } from '../helpers/requester.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

afterEach(() => {
  jest.restoreAllMocks();
});

it('tells of the silence of who is called, not of who is yet to be, or was', async () => {
  const heard = jest.spyOn(FunctionWorker.prototype, 'heard');
  const clock = new HandClock();
  const told: unknown[] = [];
  const address = join(tempFolder(), 'x.ipc');
  const options = {
    symbol: 'f',
    clock,
    maxSend: () => undefined,
    silent: (...silence: unknown[]) => told.push(silence),
  };
  const channel = new FunctionChannel(address, options);
  await channel.open();
  /** A process that says handshake to greet, and then twice for want of a call. */
  const connects = async (): Promise<Requester> => {
    const before = heard.mock.calls.length;
    const peer = await Requester.dial(address, 'handshake', 'handshake', 'handshake');
    await until(() => heard.mock.calls.length === before + 3, 'all is heard');
    return peer;
  };
  const old = await connects();
  channel.hold();
  clock.advance(20_000);
  await connects();
  clock.advance(20_000);
  // The other one has been silent for 20 s.
  expect(told.splice(0)).toEqual([
    ['quiet', 30_000],
    ['hung', 40_000],
  ]);
  clock.advance(20_000);
  expect(told).toEqual([]);

  await channel.cutOver();
  clock.advance(30_000);
  expect(told.splice(0)).toEqual([['quiet', 30_000]]);
  old.close();
  await channel.close(pluginStopped('p'));
});
