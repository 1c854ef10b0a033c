import { afterEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { VirtualTimeScheduler } from 'rxjs';
import { type Clock, systemClock } from '../../lib/clock.js';
import { dial } from '../../lib/sp/dial.js';
import { nativeTransport } from '../../lib/sp/native.js';
import type { Pipe } from '../../lib/sp/pipe.js';
import { dialReq } from '../../lib/sp/req.js';
import type { PullSocket } from '../../lib/sp/transport.js';
import { frame, PULL, PUSH, RawPeer, REP, REQ } from '../helpers/raw-peer.js';
import { PullRecorder, why } from '../helpers/recorder.js';
import { tempFolder } from '../helpers/unique.js';

const opened: PullSocket[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((socket) => socket.close()));
});

async function pull(clock: Clock = systemClock, greetingTimeout?: number) {
  const inbox = new PullRecorder();
  const address = join(tempFolder(), 'x.ipc');
  const options = { clock, ...(greetingTimeout !== undefined && { greetingTimeout }) };
  const socket = await nativeTransport.pull(address, options, inbox.handler);
  opened.push(socket);
  return { address, inbox, socket };
}

/** A dial that a raw listener answers with `answer`. */
async function dialled(answer: Buffer, clock: Clock = systemClock) {
  const address = join(tempFolder(), 'x.ipc');
  const { next } = await RawPeer.listen(address);
  const ends: string[] = [];
  const dialling = dial(
    address,
    'push',
    { clock, timeout: 1_000 },
    {
      opened: () => undefined,
      closed: (_, error) => ends.push(why(error)),
    },
  );
  dialling.catch(() => undefined);
  const peer = await next();
  if (answer.length > 0) peer.write(answer);
  return { address, peer, dialling, ends };
}

describe('the greeting', () => {
  it('goes out at once, before the one of the peer', async () => {
    const { address } = await pull();
    const silent = await RawPeer.dial(address);
    expect(silent.greeting.toString('hex')).toBe('0053500000510000');
    expect(silent.unread).toHaveLength(0);
  });

  it('is the one of the contract for push and req', async () => {
    const { peer, dialling } = await dialled(PULL);
    expect(await peer.read(8)).toEqual(PUSH);
    (await dialling).destroy();

    const address = join(tempFolder(), 'y.ipc');
    const { next } = await RawPeer.listen(address);
    const handler = { reply: () => undefined, closed: () => undefined };
    const requesting = dialReq(address, { clock: systemClock, timeout: 1_000 }, handler);
    const rep = await next();
    expect(await rep.read(8)).toEqual(REQ);
    rep.write(REP);
    (await requesting).close();
  });

  it('may come in pieces, with frames behind it', async () => {
    const { address, inbox } = await pull();
    const peer = await RawPeer.dial(address);
    for (const byte of PUSH.subarray(0, 7)) {
      peer.socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    expect(inbox.opened).toBe(0);
    peer.write(PUSH.subarray(7), frame('first'), frame('second'));
    expect(await inbox.texts(2)).toEqual(['first', 'second']);
    expect(inbox.opened).toBe(1);
  });

  it.each([
    ['another magic', 'HTTP/1.1', /opened with 485454502f312e31, not with an SP greeting/],
    ['a reserved word that is set', '\0SP\0\0\x51\0\x01', /opened with 0053500000510001, not with an SP greeting/],
    ['the version of the future', '\0SP\x01\0\x51\0\0', /not with an SP greeting/],
    ['a peer of its own kind', '\0SP\0\0\x50\0\0', /speaks protocol 0x50, a push socket expects 0x51/],
    ['a peer of another pair', '\0SP\0\0\x31\0\0', /speaks protocol 0x31, a push socket expects 0x51/],
  ])('refuses %s', async (_, answer, message) => {
    const { address, peer, dialling, ends } = await dialled(Buffer.from(answer, 'latin1'));
    await expect(dialling).rejects.toMatchObject({ code: 'ERR_GREETING', message: expect.stringMatching(message) });
    await expect(dialling).rejects.toMatchObject({ details: { path: address } });
    await peer.until(() => peer.ended);
    expect(ends).toEqual([]);
  });

  it('is not awaited for ever', async () => {
    const clock = new VirtualTimeScheduler();
    const { dialling, peer } = await dialled(Buffer.from('\0SP'), clock);
    await peer.read(8);
    clock.flush();
    expect(clock.now()).toBe(5_000);
    const message = expect.stringContaining('sent no greeting within 5000 ms');
    await expect(dialling).rejects.toMatchObject({ code: 'ERR_GREETING', message });
  });

  it('ends the deadline', async () => {
    const clock = new VirtualTimeScheduler();
    const { dialling, ends } = await dialled(PULL, clock);
    const pipe: Pipe = await dialling;
    clock.flush();
    expect(pipe.open).toBe(true);
    expect(ends).toEqual([]);
    pipe.destroy();
  });

  it('is awaited by a listener too, which drops the peer without a word to its owner', async () => {
    const clock = new VirtualTimeScheduler();
    const { address, inbox, socket } = await pull(clock, 200);
    const [mute, stranger] = [await RawPeer.dial(address), await RawPeer.dial(address, REQ)];
    await stranger.gone();
    clock.flush();
    expect(clock.now()).toBe(200);
    await mute.gone();
    expect({ opened: inbox.opened, gone: inbox.gone, peers: socket.peers }).toEqual({ opened: 0, gone: [], peers: 0 });
  });

  it('is looked for once more when its time is over: nobody may have had time to read it', async () => {
    const { address, inbox } = await pull(systemClock, 500);
    const peer = await RawPeer.dial(address);
    peer.write(PUSH, frame('x'));
    const until = Date.now() + 550;
    while (Date.now() < until);
    expect(await inbox.texts(1)).toEqual(['x']);
  });

  it('does not come from a probe for a stale file, which is no peer', async () => {
    const { address, inbox } = await pull();
    const probe = await RawPeer.dial(address);
    probe.socket.destroy();
    const peer = await RawPeer.dial(address, PUSH);
    peer.write(frame('x'));
    expect(await inbox.texts(1)).toEqual(['x']);
    expect(inbox.gone).toEqual([]);
  });

  it('does not hold up the close of a listener', async () => {
    const { address, socket } = await pull();
    const mute = await RawPeer.dial(address);
    await socket.close();
    await mute.gone();
  });
});
