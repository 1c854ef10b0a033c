/** Back-pressure: a taker that pauses, and a giver that has to wait. */
import { expect, it } from '@jest/globals';
import type { Channels } from './channels.js';

export function pauseContract(channels: Channels): void {
  it('takes nothing while it is paused, and all of it afterwards', async () => {
    const { inbox, taking, outbox, socket } = await channels.pair();
    inbox.each = (message) => {
      if (message.toString().startsWith('100 ')) taking.pause();
    };
    const sent = Array.from({ length: 2_000 }, (_, i) => `${i} ${'x'.repeat(1_000)}`);
    const sending = outbox.sendAll(socket, sent);
    await inbox.texts(101);
    // The kernel takes a few hundred kB at most: the writer has to wait, and its event loop does not.
    await turns(50);
    expect(inbox.messages).toHaveLength(101);
    expect(outbox.accepted).toBeLessThan(1_500);
    taking.resume();
    await sending;
    expect(await inbox.texts(sent.length)).toEqual(sent);
  });

  it('can be paused and resumed from within a message', async () => {
    const { inbox, taking, outbox, socket } = await channels.pair();
    inbox.each = () => {
      taking.pause();
      taking.resume();
    };
    const sent = Array.from({ length: 3_000 }, (_, i) => `${i}`);
    await outbox.sendAll(socket, sent);
    expect(await inbox.texts(sent.length)).toEqual(sent);
  });

  it('reads out what has been sent while it is paused, and pauses again', async () => {
    const { inbox, taking, outbox, socket } = await channels.pair();
    const texts = (from: number): string[] => Array.from({ length: 50 }, (_, i) => `${from + i}`);
    // Whom it does not know yet it can not read.
    await outbox.sendAll(socket, ['first']);
    await inbox.texts(1);
    taking.pause();
    await outbox.sendAll(socket, texts(0));
    taking.readOut();
    expect(await inbox.texts(51)).toEqual(['first', ...texts(0)]);
    await outbox.sendAll(socket, texts(50));
    taking.readOut();
    expect(await inbox.texts(101)).toEqual(['first', ...texts(0), ...texts(50)]);
    taking.resume();
    await outbox.sendAll(socket, ['x']);
    expect((await inbox.texts(102)).at(-1)).toBe('x');
  });

  it('reads out no part of a frame, however large', async () => {
    const { inbox, taking, outbox, socket } = await channels.pair();
    const sent = ['first', 'a'.repeat(3_000_000), 'b'];
    await outbox.sendAll(socket, sent.slice(0, 1));
    await inbox.texts(1);
    taking.pause();
    const sending = outbox.sendAll(socket, sent.slice(1));
    await turns(10);
    taking.readOut();
    expect((await inbox.texts(2))[1]).toHaveLength(3_000_000);
    taking.resume();
    await sending;
    expect(await inbox.texts(3)).toEqual(sent);
  });

  it('can be paused before a peer comes', async () => {
    const address = channels.newAddress();
    const { inbox, socket: taking } = await channels.pull(address);
    taking.pause();
    const { outbox, socket } = await channels.push(address);
    socket.send('x');
    await outbox.until(() => outbox.accepted === 1);
    await turns(20);
    expect(inbox.messages).toEqual([]);
    taking.resume();
    expect(await inbox.texts(1)).toEqual(['x']);
  });
}

/** Turns of the event loop, with time for other threads in each. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setTimeout(resolve, 1));
}
