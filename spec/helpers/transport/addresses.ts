/** Addresses: bound, refused, freed, and found again. */
import { expect, it } from '@jest/globals';
import { existsSync, linkSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { tempFolder } from '../unique.js';
import type { Channels } from './channels.js';

export function addressContract(channels: Channels): void {
  it('frees its address when it closes, for the next one at once', async () => {
    const address = channels.newAddress();
    for (let round = 0; round < 10; round += 1) {
      const { inbox, socket } = await channels.pull(address);
      const { socket: pushing } = await channels.push(address);
      pushing.send(`round ${round}`);
      expect(await inbox.texts(1)).toEqual([`round ${round}`]);
      // The peer is still there.
      await socket.close();
      expect(existsSync(address)).toBe(false);
      pushing.destroy();
    }
  });

  it('can be closed twice', async () => {
    const { socket } = await channels.pull(channels.newAddress());
    await socket.close();
    await socket.close();
    socket.resume();
  });

  it('names a live listener instead of taking its address', async () => {
    const { address, inbox, socket } = await channels.pair();
    const message = expect.stringMatching(/has a live listener.*stop that one first/);
    await expect(channels.pull(address)).rejects.toMatchObject({ code: 'ERR_ADDRESS_IN_USE', message });
    socket.send('still here');
    expect(await inbox.texts(1)).toEqual(['still here']);
  });

  it('takes over the file of a listener that was killed', async () => {
    const address = channels.newAddress();
    await leaveStale(address);
    expect(existsSync(address)).toBe(true);
    const { inbox } = await channels.pull(address);
    (await channels.push(address)).socket.send('x');
    expect(await inbox.texts(1)).toEqual(['x']);
  });

  it('leaves alone what is no socket', async () => {
    const address = channels.newAddress();
    writeFileSync(address, 'precious');
    const message = expect.stringContaining('not a socket of this user');
    await expect(channels.pull(address)).rejects.toMatchObject({ code: 'ERR_CHANNEL_BIND', message });
    expect(readFileSync(address, 'utf8')).toBe('precious');
  });

  it('refuses a folder that is not there', async () => {
    const address = join(tempFolder(), 'missing', 'x.ipc');
    const message = expect.stringContaining(address);
    await expect(channels.pull(address)).rejects.toMatchObject({ code: 'ERR_CHANNEL_BIND', message });
  });

  it('refuses a path over 107 bytes, and works at 107', async () => {
    const folder = tempFolder();
    const longest = join(folder, 'ä'.repeat(20)).padEnd(107 - 20, 'x');
    expect(Buffer.byteLength(longest)).toBe(107);
    const refusal = { code: 'ERR_ADDRESS_TOO_LONG', details: { bytes: 108 } };
    await expect(channels.pull(`${longest}x`)).rejects.toMatchObject(refusal);
    await expect(channels.push(`${longest}x`)).rejects.toMatchObject(refusal);
    const { inbox } = await channels.pull(longest);
    (await channels.push(longest)).socket.send('fits');
    expect(await inbox.texts(1)).toEqual(['fits']);
  });

  it('makes a socket that only its user can open, and leaves the umask as it was', async () => {
    const umask = process.umask(0o022);
    try {
      const { socket } = await channels.pull(channels.newAddress());
      expect(statSync(socket.address).mode & 0o777).toBe(0o600);
      expect(process.umask()).toBe(0o022);
    } finally {
      process.umask(umask);
    }
  });

  it('says that nobody listens', async () => {
    const address = channels.newAddress();
    const refusal = { code: 'ERR_CHANNEL_DIAL', message: expect.stringContaining(address) };
    await expect(channels.push(address, { timeout: 0 })).rejects.toMatchObject(refusal);
    await expect(channels.push(address, { timeout: 50 })).rejects.toMatchObject(refusal);
  });

  it('waits for a listener that comes later', async () => {
    const address = channels.newAddress();
    const pushing = channels.push(address);
    const { inbox } = await channels.pull(address);
    (await pushing).socket.send('x');
    expect(await inbox.texts(1)).toEqual(['x']);
  });
}

/** A socket file that nobody listens on: a second name of one whose listener then closed. */
async function leaveStale(path: string): Promise<void> {
  const first = `${path}-`;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(first, resolve));
  linkSync(first, path);
  await new Promise((resolve) => server.close(resolve));
}
