import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { answers, type Listener, listen, ownerOnly } from '../../lib/sp/listen.js';
import { RawPeer } from '../helpers/raw-peer.js';
import { tempFolder } from '../helpers/unique.js';

const opened: Listener[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const newPath = (): string => join(tempFolder(), 'x.ipc');

async function listening(path: string, connected: (socket: Socket) => void = (socket) => socket.destroy()) {
  const listener = await listen(path, connected);
  opened.push(listener);
  return listener;
}

describe('a listener', () => {
  it('makes its file with mode 0600 whatever the umask is, and leaves that alone', async () => {
    const umask = process.umask(0o000);
    try {
      const path = newPath();
      await listening(path);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(process.umask()).toBe(0o000);
      writeFileSync(`${path}.other`, '');
      expect(statSync(`${path}.other`).mode & 0o777).toBe(0o666);
    } finally {
      process.umask(umask);
    }
  });

  it('gives the umask back when what it guards throws', () => {
    const umask = process.umask();
    const fail = (): never =>
      ownerOnly(() => {
        throw new Error('no');
      });
    expect(fail).toThrow('no');
    expect(process.umask()).toBe(umask);
  });

  it('can follow another on its path while that one still closes', async () => {
    const path = newPath();
    for (let round = 0; round < 30; round += 1) {
      const first = await listen(path, () => undefined);
      const peer = first.close();
      const second = await listen(path, () => undefined);
      await peer;
      expect(existsSync(path)).toBe(true);
      expect(await answers(path)).toBe(true);
      await second.close();
      expect(existsSync(path)).toBe(false);
    }
  });

  it('closes once its connections are gone', async () => {
    const path = newPath();
    const sockets: Socket[] = [];
    const listener = await listen(path, (socket) => {
      sockets.push(socket);
      socket.write('12345678');
    });
    const peer = await RawPeer.dial(path);
    let closed = false;
    const closing = listener.close().then(() => (closed = true));
    // One that has none closes meanwhile.
    await (await listen(newPath(), () => undefined)).close();
    expect(closed).toBe(false);
    expect(existsSync(path)).toBe(false);
    sockets[0]!.destroy();
    await closing;
    await peer.gone();
  });

  it('names a foreign listener that says nothing', async () => {
    const path = newPath();
    const { server } = await RawPeer.listen(path);
    const refusal = { code: 'ERR_ADDRESS_IN_USE', details: { path } };
    await expect(listening(path)).rejects.toMatchObject(refusal);
    expect(server.listening).toBe(true);
    expect(await answers(path)).toBe(true);
  });

  it('names a listener whose backlog is full', async () => {
    const path = newPath();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen({ path, backlog: 1 }, resolve));
    // Nothing is accepted while this turn lasts: the third connection finds no room.
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => answers(path)));
    expect(results).toEqual([true, true, true, true, true]);
    await new Promise((resolve) => server.close(resolve));
  });

  it('takes over a file that nobody listens on', async () => {
    const path = newPath();
    const first = createServer();
    await new Promise<void>((resolve) => first.listen(`${path}-`, resolve));
    renameSync(`${path}-`, path);
    await new Promise((resolve) => first.close(resolve));
    expect(statSync(path).isSocket()).toBe(true);
    await listening(path);
    expect(await answers(path)).toBe(true);
  });

  it('removes neither a link nor what it points to', async () => {
    const path = newPath();
    writeFileSync(`${path}.file`, 'precious');
    symlinkSync(`${path}.file`, path);
    const message = expect.stringMatching(/the path exists and is not a socket of this user$/);
    await expect(listening(path)).rejects.toMatchObject({ code: 'ERR_CHANNEL_BIND', message });
    expect(existsSync(path)).toBe(true);
  });

  it('says what may be wrong with the folder', async () => {
    const message = expect.stringMatching(/^cannot listen on .*: its folder does not exist or may not be written$/);
    await expect(listening('/nonexistent/x.ipc')).rejects.toMatchObject({ code: 'ERR_CHANNEL_BIND', message });
  });

  it('goes on when a connection can not be accepted', async () => {
    const path = newPath();
    const listener = await listening(path, (socket) => {
      const { server } = socket as unknown as { readonly server: Server };
      server.emit('error', new Error('accept EMFILE'));
      socket.end('12345678');
    });
    for (let i = 0; i < 2; i += 1) (await RawPeer.dial(path)).socket.end();
    await listener.close();
  });
});
