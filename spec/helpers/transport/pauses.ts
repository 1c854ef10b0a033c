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
