/** Peers that have to wait until the earlier ones are done. */
import { expect, it } from '@jest/globals';
import type { Channels, Sides } from './channels.js';

export function holdContract(channels: Channels, { pull: taker }: Sides): void {
  if (!taker.manyPeers) {
    it('reads everybody while it holds, since it can not tell them apart', async () => {
      const { address, inbox, taking } = await channels.pair({ inTurn: true });
      taking.hold();
      (await channels.push(address)).socket.send('x');
      expect(await inbox.texts(1)).toEqual(['x']);
      expect(taking.held).toBe(0);
      taking.release();
    });
    return;
  }

  /** One who was there before, and one who has come since, has sent something, and waits. */
  async function holding() {
    const all = await channels.pair();
    all.socket.send('first');
    await all.inbox.texts(1);
    all.taking.hold();
    const late = await channels.push(all.address);
    late.socket.send('late');
    await all.inbox.until(() => all.inbox.opened === 2);
    await late.outbox.until(() => late.outbox.accepted === 1);
    return { ...all, late };
  }

  it('does not read who connects while it holds, and all of it when it releases', async () => {
    const { inbox, taking, socket, late } = await holding();
    expect(taking.held).toBe(1);
    late.socket.send('later');
    socket.send('second');
    expect(await inbox.texts(2)).toEqual(['first', 'second']);
    taking.release();
    expect(taking.held).toBe(0);
    expect(await inbox.texts(4)).toEqual(['first', 'second', 'late', 'later']);
  });

  it('holds nobody who connects after it has released', async () => {
    const { address, inbox, taking } = await holding();
    taking.release();
    await inbox.texts(2);
    (await channels.push(address)).socket.send('last');
    expect((await inbox.texts(3))[2]).toBe('last');
    expect(taking.held).toBe(0);
  });

  /** The first one has sent something; the second and the third one have, too, and wait for their turn. */
  async function inTurn() {
    const all = await channels.pair({ inTurn: true });
    all.socket.send('first');
    await all.inbox.texts(1);
    const followed = async (text: string) => {
      const { opened } = all.inbox;
      const { socket, outbox } = await channels.push(all.address);
      socket.send(text);
      await all.inbox.until(() => all.inbox.opened > opened);
      await outbox.until(() => outbox.accepted === 1);
      return socket;
    };
    return { ...all, second: await followed('second'), third: await followed('third') };
  }

  it('reads them in turn, each when those before it have gone', async () => {
    const { inbox, taking, socket, second } = await inTurn();
    expect(taking.held).toBe(2);
    second.end();
    socket.send('more');
    expect(await inbox.texts(2)).toEqual(['first', 'more']);
    socket.end();
    expect(await inbox.texts(4)).toEqual(['first', 'more', 'second', 'third']);
    expect(taking.held).toBe(0);
  });

  it('reads all of them when it lets them in', async () => {
    const { inbox, taking } = await inTurn();
    taking.release();
    expect(taking.held).toBe(0);
    expect([...(await inbox.texts(3))].sort()).toEqual(['first', 'second', 'third']);
  });

  it('lets them in when it holds those who follow', async () => {
    const { address, inbox, taking, socket, second, third } = await inTurn();
    taking.hold();
    await inbox.texts(3);
    const late = await channels.push(address);
    late.socket.send('late');
    await inbox.until(() => inbox.opened === 4);
    for (const one of [socket, second, third]) one.end();
    await inbox.until(() => inbox.gone.length === 3);
    expect([taking.held, inbox.messages.length]).toEqual([1, 3]);
    taking.release();
    expect((await inbox.texts(4))[3]).toBe('late');
  });

  if (!taker.pause) return;
  it('reads nobody in turn while it is paused', async () => {
    const { inbox, taking, socket } = await inTurn();
    taking.pause();
    socket.send('more');
    socket.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(taking.held).toBe(2);
    taking.readOut();
    expect(await inbox.texts(2)).toEqual(['first', 'more']);
    taking.resume();
    expect((await inbox.texts(3))[2]).toBe('second');
    expect(taking.held).toBe(1);
  });

  it('reads nobody while it is paused, and only who is not held when it resumes', async () => {
    const { inbox, taking, socket } = await holding();
    taking.pause();
    taking.resume();
    socket.send('second');
    expect(await inbox.texts(2)).toEqual(['first', 'second']);
    taking.pause();
    taking.release();
    socket.send('third');
    await new Promise((resolve) => setImmediate(resolve));
    expect(inbox.messages).toHaveLength(2);
    taking.resume();
    expect([...(await inbox.texts(4))].sort()).toEqual(['first', 'late', 'second', 'third']);
  });
}
