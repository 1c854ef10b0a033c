/** Ends of a connection, and how they are told. */
import { expect, it } from '@jest/globals';
import type { Channels, Sides } from './channels.js';

export function endContract(channels: Channels, { pull: taker, push: giver }: Sides): void {
  it('sends nothing after its end', async () => {
    const { inbox, outbox, socket } = await channels.pair();
    expect(socket.open).toBe(true);
    socket.send('last');
    expect(await inbox.texts(1)).toEqual(['last']);
    socket.end();
    expect(socket.open).toBe(false);
    expect(() => socket.send('late')).toThrow(expect.objectContaining({ code: 'ERR_CHANNEL_CLOSED' }));
    socket.end();
    expect(await outbox.closed()).toBe('orderly');
  });

  it('closes at once when it is destroyed, and says so once, later', async () => {
    const { outbox, socket } = await channels.pair();
    socket.destroy();
    expect(outbox.ends).toEqual([]);
    expect(socket.open).toBe(false);
    expect(() => socket.send('late')).toThrow(expect.objectContaining({ code: 'ERR_CHANNEL_CLOSED' }));
    socket.destroy();
    expect(await outbox.closed()).toBe('orderly');
    await new Promise(setImmediate);
    expect(outbox.ends).toHaveLength(1);
  });
  if (taker.peerClose || giver.halfClose) {
    it('delivers everything that was sent before the end', async () => {
      const { inbox, outbox, socket } = await channels.pair();
      const sent = Array.from({ length: 5_000 }, (_, i) => `${i} ${'x'.repeat(i % 3_000)}`);
      await outbox.sendAll(socket, sent);
      socket.end();
      expect(await inbox.texts(sent.length)).toEqual(sent);
      expect(await outbox.closed()).toBe('orderly');
      expect(outbox.accepted).toBe(sent.length);
      if (!taker.peerClose) return;
      await inbox.until(() => inbox.gone.length > 0);
      expect(inbox.gone).toEqual([{ left: 0, why: 'orderly', messages: sent.length }]);
    });
  }
  if (taker.peerClose) {
    it('counts its peers and tells when one has gone, after its last message', async () => {
      const { address, inbox, taking, socket } = await channels.pair();
      const other = await channels.push(address);
      await inbox.until(() => inbox.opened === 2);
      expect(taking.peers).toBe(2);
      socket.send('x');
      socket.end();
      await inbox.until(() => inbox.gone.length === 1);
      expect(inbox.gone).toEqual([{ left: 1, why: 'orderly', messages: 1 }]);
      expect(taking.peers).toBe(1);
      other.socket.end();
      await inbox.until(() => inbox.gone.length === 2);
      expect(taking.peers).toBe(0);
    });
  }
  if (giver.peerClose) {
    it('notices that its peer has gone', async () => {
      const { taking, outbox, socket } = await channels.pair();
      await taking.close();
      await outbox.closed();
      expect(socket.open).toBe(false);
    });
  }
}
