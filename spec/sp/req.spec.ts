import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { join } from 'node:path';
import { systemClock } from '../../lib/clock.js';
import { FIRST_ID, LAST_ID, nextId } from '../../lib/sp/protocol.js';
import { listenRep } from '../../lib/sp/rep.js';
import { dialReq, type ReqOptions } from '../../lib/sp/req.js';
import { frame, RawPeer, REP, request } from '../helpers/raw-peer.js';
import { Recorder, why } from '../helpers/recorder.js';
import { tempFolder } from '../helpers/unique.js';

class ReqRecorder extends Recorder {
  readonly replies: string[] = [];
  readonly ends: string[] = [];

  readonly handler = {
    reply: (body: Buffer): void => {
      this.replies.push(body.toString());
      this.changed();
    },
    closed: (error?: { readonly code: string }): void => {
      this.ends.push(why(error));
      this.changed();
    },
  };
}

async function requester(more: Partial<ReqOptions> = {}) {
  const address = join(tempFolder(), 'x.ipc');
  const { next } = await RawPeer.listen(address);
  const recorder = new ReqRecorder();
  const dialling = dialReq(address, { clock: systemClock, timeout: 1_000, ...more }, recorder.handler);
  const peer = await next();
  peer.write(REP);
  await peer.read(8);
  return { peer, recorder, socket: await dialling };
}

const idOf = async (peer: RawPeer): Promise<number> => (await peer.frame()).readUInt32BE();

describe('a REQ socket', () => {
  it('sends the bytes of the contract', async () => {
    const { peer, socket } = await requester({ firstId: 0x8000_0001 });
    socket.request('handshake');
    expect((await peer.read(22)).toString('hex')).toBe('01000000000000000d8000000168616e647368616b65');
    socket.close();
  });

  it('counts its ids up from a random one, and wraps', async () => {
    const { peer, socket } = await requester({ firstId: 0xffff_fffe });
    for (let i = 0; i < 4; i += 1) socket.request(`${i}`);
    const ids = [await idOf(peer), await idOf(peer), await idOf(peer), await idOf(peer)];
    expect(ids).toEqual([0xffff_fffe, 0xffff_ffff, 0x8000_0000, 0x8000_0001]);
    socket.close();

    const starts = new Set<number>();
    for (let i = 0; i < 3; i += 1) {
      const other = await requester();
      other.socket.request('x');
      starts.add(await idOf(other.peer));
      other.socket.close();
    }
    expect(starts.size).toBe(3);
    for (const id of starts) expect(id).toBeGreaterThanOrEqual(0x8000_0000);
  });

  it('always has the top bit of an id set', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST_ID, max: LAST_ID }), (id) => {
        expect(nextId(id)).toBeGreaterThanOrEqual(FIRST_ID);
        expect(nextId(id)).toBeLessThanOrEqual(LAST_ID);
        expect(nextId(id)).not.toBe(id);
      }),
    );
  });

  it('hands on the answer to its newest request, once, and drops all others', async () => {
    const { peer, recorder, socket } = await requester({ firstId: 0x8000_0010 });
    peer.write(request(0x8000_0010, 'unasked'));
    socket.request('a');
    socket.request('b');
    await idOf(peer);
    await idOf(peer);
    peer.write(
      request(0x8000_0010, 'stale'),
      request(0x8000_0012, 'of the future'),
      frame('abc'),
      request(0x8000_0011, 'right'),
      request(0x8000_0011, 'again'),
    );
    await recorder.until(() => recorder.replies.length > 0);
    socket.request('c');
    await idOf(peer);
    peer.write(request(0x8000_0012, ''));
    await recorder.until(() => recorder.replies.length > 1);
    expect(recorder.replies).toEqual(['right', '']);
    socket.close();
  });

  it('keeps waiting when a request was refused for its size', async () => {
    const { peer, recorder, socket } = await requester({ firstId: 0x8000_0010, maxSend: () => 10 });
    socket.request('123456');
    await idOf(peer);
    expect(() => socket.request('1234567')).toThrow(expect.objectContaining({ code: 'ERR_FRAME_TOO_LARGE' }));
    peer.write(request(0x8000_0010, 'answer'));
    await recorder.until(() => recorder.replies.length > 0);
    expect(recorder.replies).toEqual(['answer']);
    socket.close();
  });

  it('tells when its peer has gone', async () => {
    const { peer, recorder, socket } = await requester();
    peer.socket.destroy();
    await recorder.until(() => recorder.ends.length > 0);
    expect(() => socket.request('x')).toThrow(expect.objectContaining({ code: 'ERR_CHANNEL_CLOSED' }));
    expect(recorder.ends).toEqual(['orderly']);
  });

  it('tells why when its peer broke the framing', async () => {
    const { peer, recorder } = await requester();
    peer.write(Buffer.from('garbage'));
    await recorder.until(() => recorder.ends.length > 0);
    expect(recorder.ends).toEqual(['ERR_FRAME_INVALID']);
  });

  it('lets what it has sent arrive when it ends', async () => {
    const { peer, recorder, socket } = await requester();
    socket.request('last');
    socket.end();
    expect((await peer.frame()).subarray(4).toString()).toBe('last');
    await peer.until(() => peer.ended);
    peer.socket.end();
    await recorder.until(() => recorder.ends.length > 0);
    expect(recorder.ends).toEqual(['orderly']);
  });

  it('talks with our REP, as long as one wants', async () => {
    const address = join(tempFolder(), 'x.ipc');
    const rep = await listenRep(
      address,
      { clock: systemClock },
      {
        opened: () => undefined,
        request: (peer, body) => void peer.reply(`re: ${body.toString()}`),
        closed: () => undefined,
      },
    );
    const recorder = new ReqRecorder();
    const socket = await dialReq(address, { clock: systemClock, timeout: 0 }, recorder.handler);
    for (let i = 0; i < 500; i += 1) {
      socket.request(`${i}`);
      await recorder.until(() => recorder.replies.length > i);
    }
    expect(recorder.replies).toEqual(Array.from({ length: 500 }, (_, i) => `re: ${i}`));
    socket.close();
    await rep.close();
  });
});
