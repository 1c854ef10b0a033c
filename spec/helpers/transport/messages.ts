/** Messages: none missing, none changed, in order, within limits. */
import { expect, it } from '@jest/globals';
import { type Channels, options, type Sides } from './channels.js';

export function messageContract(channels: Channels, { pull: taker }: Sides): void {
  it('hands on every message, in the order in which they were sent', async () => {
    const { inbox, outbox, socket } = await channels.pair();
    const sent = Array.from({ length: 20_000 }, (_, i) => `{"i":${i}}`);
    await outbox.sendAll(socket, sent);
    expect(await inbox.texts(sent.length)).toEqual(sent);
    await outbox.until(() => outbox.accepted === sent.length);
    expect(outbox.ends).toEqual([]);
  });

  it('takes 5 MB, nothing at all, and small messages around them', async () => {
    const { inbox, socket } = await channels.pair();
    const large = Buffer.alloc(5_000_000, 'abcdefg');
    const sent = ['first', '', large, Buffer.alloc(0), '€'.repeat(1_000_000), new Uint8Array(0), 'last'];
    for (const body of sent) socket.send(body);
    await inbox.until(() => inbox.messages.length === sent.length);
    inbox.messages.forEach((message, i) => expect(message.equals(Buffer.from(sent[i]!))).toBe(true));
  });

  it('sends text as UTF-8, and bytes as they are when part of a larger buffer', async () => {
    const { inbox, socket } = await channels.pair();
    const texts = ['ascii', 'ä€🚀', '\u0000', 'lone \ud800 surrogate', 'x'.repeat(70_000) + 'ä'];
    for (const text of texts) socket.send(text);
    socket.send(new Uint8Array([9, 1, 2, 255, 9]).subarray(1, 4));
    await inbox.until(() => inbox.messages.length === texts.length + 1);
    const [lone] = inbox.messages.splice(3, 1);
    expect(lone!.toString()).toBe('lone \ufffd surrogate');
    expect(inbox.messages.slice(0, -1).map(String)).toEqual(texts.filter((text) => !text.startsWith('lone')));
    expect([...inbox.messages.at(-1)!]).toEqual([1, 2, 255]);
  });

  it('hands on text instead of bytes to who asks for text', async () => {
    const address = channels.newAddress();
    const texts: string[] = [];
    let enough: () => void;
    const all = new Promise<void>((resolve) => (enough = resolve));
    const text = (body: string): void => {
      texts.push(body);
      if (texts.length === 4) enough();
    };
    channels.keep(await channels.taker.pull(address, options, { text }));
    const { socket } = await channels.push(address);
    const sent = ['a', '', 'ä€🚀', 'x'.repeat(200_000)];
    for (const body of sent) socket.send(body);
    await all;
    expect(texts).toEqual(sent);
  });

  it('takes from several peers, the messages of each in their order', async () => {
    const { address, inbox, outbox, socket } = await channels.pair();
    const other = await channels.push(address);
    const own = Array.from({ length: 500 }, (_, i) => `a${i}`);
    const others = Array.from({ length: 500 }, (_, i) => `b${i}`);
    await Promise.all([outbox.sendAll(socket, own), other.outbox.sendAll(other.socket, others)]);
    const got = await inbox.texts(1_000);
    expect(got.filter((text) => text.startsWith('a'))).toEqual(own);
    expect(got.filter((text) => text.startsWith('b'))).toEqual(others);
  });

  it('tells of what the kernel has only after send has returned', async () => {
    const { outbox, socket } = await channels.pair();
    socket.send('x');
    socket.send('y'.repeat(100_000));
    expect(outbox.accepted).toBe(0);
    await outbox.until(() => outbox.accepted === 2);
  });

  it('refuses a message over the limit of its peer, and goes on', async () => {
    const address = channels.newAddress();
    const { inbox } = await channels.pull(address);
    const { socket } = await channels.push(address, { maxSend: () => 10 });
    const refusal = expect.objectContaining({ code: 'ERR_FRAME_TOO_LARGE', details: expect.anything() });
    expect(() => socket.send('x'.repeat(11))).toThrow(refusal);
    expect(() => socket.send('€€€€')).toThrow(refusal);
    expect(() => socket.send(Buffer.alloc(11))).toThrow(refusal);
    socket.send('€€€1');
    socket.send(Buffer.from('0123456789'));
    expect(await inbox.texts(2)).toEqual(['€€€1', '0123456789']);
  });

  it('drops a peer that sends more than it takes', async () => {
    const address = channels.newAddress();
    const { inbox } = await channels.pull(address, { maxFrame: 1_000 });
    const { socket } = await channels.push(address);
    socket.send('x'.repeat(1_000));
    await inbox.texts(1);
    socket.send('y'.repeat(1_001));
    (await channels.push(address)).socket.send('another peer');
    expect((await inbox.texts(2))[1]).toBe('another peer');
    expect(inbox.messages).toHaveLength(2);
    if (taker.peerClose) expect(inbox.gone).toMatchObject([{ why: 'ERR_FRAME_TOO_LARGE' }]);
  });
}
