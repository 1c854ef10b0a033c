import { afterEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { systemClock } from '../../lib/clock.js';
import { listenRep, type RepPeer, type RepSocket } from '../../lib/sp/rep.js';
import { frame, RawPeer, REQ, request } from '../helpers/raw-peer.js';
import { Recorder, why } from '../helpers/recorder.js';
import { tempFolder } from '../helpers/unique.js';

class RepRecorder extends Recorder {
  readonly peers: RepPeer[] = [];
  readonly bodies: string[] = [];
  readonly ends: string[] = [];

  readonly handler = {
    opened: (peer: RepPeer): void => {
      this.peers.push(peer);
      this.changed();
    },
    request: (_: RepPeer, body: Buffer): void => {
      this.bodies.push(body.toString());
      this.changed();
    },
    closed: (_: RepPeer, error?: { readonly code: string }): void => {
      this.ends.push(why(error));
      this.changed();
    },
  };

  async heard(count: number): Promise<readonly string[]> {
    await this.until(() => this.bodies.length >= count);
    return this.bodies;
  }
}

const opened: RepSocket[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((socket) => socket.close()));
});

async function replier(maxSend?: number) {
  const recorder = new RepRecorder();
  const address = join(tempFolder(), 'x.ipc');
  const options = { clock: systemClock, ...(maxSend !== undefined && { maxSend: () => maxSend }) };
  opened.push(await listenRep(address, options, recorder.handler));
  const dial = (): Promise<RawPeer> => RawPeer.dial(address, REQ);
  return { recorder, dial };
}

/** One requester, and what the replier knows of it. */
async function conversation(maxSend?: number) {
  const { recorder, dial } = await replier(maxSend);
  const peer = await dial();
  await recorder.until(() => recorder.peers.length === 1);
  return { recorder, peer, rep: recorder.peers[0]! };
}

describe('a REP socket', () => {
  it('answers with the id of the request, in the bytes of the contract', async () => {
    const { recorder, peer, rep } = await conversation();
    expect(rep.asked).toBe(false);
    expect(rep.reply('too early')).toBe(false);
    peer.write(Buffer.from('01000000000000000d8000000168616e647368616b65', 'hex'));
    expect(await recorder.heard(1)).toEqual(['handshake']);
    expect(rep.asked).toBe(true);
    expect(rep.reply('ok')).toBe(true);
    expect((await peer.read(15)).toString('hex')).toBe('010000000000000006800000016f6b');
    expect(rep.asked).toBe(false);
  });

  it('answers a request once', async () => {
    const { recorder, peer, rep } = await conversation();
    peer.write(request(0x8000_0001, 'a'));
    await recorder.heard(1);
    expect([rep.reply('one'), rep.reply('two')]).toEqual([true, false]);
    peer.write(request(0x8000_0002, 'b'));
    await recorder.heard(2);
    expect((await peer.frame()).subarray(4).toString()).toBe('one');
    expect(peer.unread).toHaveLength(0);
  });

  it('drops a request that comes again under its id, answered or not', async () => {
    const { recorder, peer, rep } = await conversation();
    peer.write(request(0x8000_0007, 'ok'), request(0x8000_0007, 'ok'));
    await recorder.heard(1);
    rep.reply('next');
    peer.write(request(0x8000_0007, 'ok'), request(0x8000_0008, 'done'));
    expect(await recorder.heard(2)).toEqual(['ok', 'done']);
    expect(rep.asked).toBe(true);
  });

  it('drops an answered request even after a newer one', async () => {
    const { recorder, peer, rep } = await conversation();
    peer.write(request(0x8000_0001, 'a'));
    await recorder.heard(1);
    rep.reply('one');
    peer.write(request(0x8000_0002, 'b'), request(0x8000_0001, 'a'));
    await recorder.heard(2);
    rep.reply('two');
    peer.write(request(0x8000_0003, 'c'));
    expect(await recorder.heard(3)).toEqual(['a', 'b', 'c']);
    await peer.frame();
    expect((await peer.frame()).toString('latin1')).toBe('\x80\0\0\x02two');
  });

  it('drops the request answered last however many there were', async () => {
    const { recorder, peer, rep } = await conversation();
    const ids = Array.from({ length: 6 }, (_, i) => 0x8000_0001 + i);
    for (const [i, id] of ids.entries()) {
      peer.write(
        request(id, String(i)),
        ...ids
          .slice(0, i)
          .slice(-1)
          .map((before) => request(before, 'again')),
      );
      await recorder.heard(i + 1);
      peer.write(request(id, 'again'));
      rep.reply('x');
      expect((await peer.frame()).readUInt32BE()).toBe(id);
    }
    peer.write(request(0x8000_0010, 'end'));
    expect(await recorder.heard(7)).toEqual(['0', '1', '2', '3', '4', '5', 'end']);
  });

  it('answers the newest request', async () => {
    const { recorder, peer, rep } = await conversation();
    peer.write(request(0x8000_0001, 'a'), request(0x8000_0002, 'b'));
    await recorder.heard(2);
    rep.reply('x');
    expect((await peer.frame()).readUInt32BE()).toBe(0x8000_0002);
  });

  it('takes ids that start anywhere and wrap', async () => {
    const { recorder, peer, rep } = await conversation();
    for (const id of [0xffff_fffe, 0xffff_ffff, 0x8000_0000, 0x8000_0001]) {
      peer.write(request(id, id.toString(16)));
      await recorder.until(() => recorder.bodies.at(-1) === id.toString(16));
      rep.reply('x');
      expect((await peer.frame()).readUInt32BE()).toBe(id);
    }
  });

  it('sends hops back as they came, and tells requests apart by all of them', async () => {
    const { recorder, peer, rep } = await conversation();
    peer.write(request(0x8000_0001, 'near'));
    await recorder.heard(1);
    rep.reply('1');
    peer.write(request(0x8000_0001, 'far', [0x0000_0005, 0x7fff_ffff]));
    expect(await recorder.heard(2)).toEqual(['near', 'far']);
    rep.reply('2');
    await peer.frame();
    expect((await peer.frame()).toString('hex')).toBe('00000005' + '7fffffff' + '80000001' + '32');
    peer.write(request(0x8000_0001, 'far', [0x0000_0005, 0x7fff_ffff]));
    peer.write(request(0x8000_0002, 'next', [0x0000_0005, 0x7fff_ffff]));
    expect(await recorder.heard(3)).toEqual(['near', 'far', 'next']);
  });

  it('takes an empty body, and a large one', async () => {
    const { recorder, peer, rep } = await conversation();
    peer.write(request(0x8000_0001, ''));
    expect(await recorder.heard(1)).toEqual(['']);
    rep.reply('');
    expect(await peer.frame()).toHaveLength(4);
    peer.write(request(0x8000_0002, 'x'.repeat(5_000_000)));
    expect((await recorder.heard(2))[1]).toHaveLength(5_000_000);
    rep.reply(Buffer.alloc(5_000_000));
    expect(await peer.frame()).toHaveLength(5_000_004);
  });

  it.each([
    ['nothing at all', ''],
    ['three bytes', 'abc'],
    ['no word with its top bit set', 'abcdefgh'],
    ['more hops than there can be', '\0\0\0\x01'.repeat(9) + '\x80\0\0\x01'],
  ])('drops a peer whose request is %s', async (_, payload) => {
    const { recorder, peer } = await conversation();
    peer.write(frame(Buffer.from(payload, 'latin1')));
    await peer.gone();
    await recorder.until(() => recorder.ends.length === 1);
    expect(recorder).toMatchObject({ bodies: [], ends: ['ERR_FRAME_INVALID'] });
  });

  it('refuses an answer over the limit, and can still give another', async () => {
    const { recorder, peer, rep } = await conversation(10);
    peer.write(request(0x8000_0001, 'x'));
    await recorder.heard(1);
    expect(() => rep.reply('1234567')).toThrow(expect.objectContaining({ code: 'ERR_FRAME_TOO_LARGE' }));
    expect(rep.asked).toBe(true);
    expect(rep.reply('123456')).toBe(true);
    expect((await peer.frame()).subarray(4).toString()).toBe('123456');
  });

  it('keeps its peers apart', async () => {
    const { recorder, dial } = await replier();
    const [a, b] = [await dial(), await dial()];
    await recorder.until(() => recorder.peers.length === 2);
    a.write(request(0x8000_0001, 'from a'));
    await recorder.heard(1);
    b.write(request(0x8000_0001, 'from b'));
    expect(await recorder.heard(2)).toEqual(['from a', 'from b']);
    const [first, second] = recorder.peers;
    second!.reply('to b');
    first!.reply('to a');
    expect((await a.frame()).subarray(4).toString()).toBe('to a');
    expect((await b.frame()).subarray(4).toString()).toBe('to b');
    a.socket.destroy();
    await recorder.until(() => recorder.ends.length === 1);
    b.write(request(0x8000_0002, 'still here'));
    await recorder.heard(3);
    expect(first!.asked).toBe(false);
  });

  it('forgets a request whose peer has gone', async () => {
    const { recorder, peer, rep } = await conversation();
    peer.write(request(0x8000_0001, 'x'));
    await recorder.heard(1);
    peer.socket.destroy();
    await recorder.until(() => recorder.ends.length === 1);
    expect([rep.asked, rep.reply('x')]).toEqual([false, false]);
    expect(recorder.ends).toEqual(['orderly']);
  });

  it('can drop a peer', async () => {
    const { recorder, peer, rep } = await conversation();
    rep.close();
    await peer.gone();
    await recorder.until(() => recorder.ends.length === 1);
  });
});
