import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { listen } from '../../lib/sp/listen.js';
import { listenerOwner, listeningInodes } from '../../lib/sp/listener-owner.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process of another name that listens on each of `paths`, one after the other, and removes the files in between. */
async function foreignListener(...paths: readonly string[]): Promise<number> {
  const program = `
    import { rmSync, writeFileSync } from 'node:fs';
    import { createServer } from 'node:net';
    writeFileSync('/proc/self/comm', 'eKuiper');
    for (const path of process.argv.slice(1)) {
      rmSync(path, { force: true });
      await new Promise((resolve) => createServer().listen(path, resolve));
    }
    console.log('listening');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, ...paths], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

const newPath = (name = 'x.ipc'): string => join(tempFolder(), name);

const describeOnLinux = existsSync('/proc/net/unix') ? describe : describe.skip;
describeOnLinux('the owner of a listener', () => {
  it('is named by the error of who wants its address', async () => {
    const path = newPath();
    const pid = await foreignListener(path);
    await expect(listen(path, () => undefined)).rejects.toMatchObject({
      code: 'ERR_ADDRESS_IN_USE',
      message: `${path} has a live listener: eKuiper (pid ${pid}); stop that one first`,
      details: { path, pid, command: 'eKuiper' },
    });
  });

  it('is nobody when two have bound it: one of them has lost its file, and nobody can tell which', async () => {
    const path = newPath();
    await foreignListener(path);
    await foreignListener(path);
    expect(await listenerOwner(path)).toBeUndefined();
  });

  it('is found by a path with spaces', async () => {
    const path = newPath('a b  c.ipc');
    const pid = await foreignListener(path);
    expect(await listenerOwner(path)).toMatchObject({ pid });
  });

  it('is nobody on an address that is free, nor where nothing can be seen', async () => {
    const path = newPath();
    expect(await listenerOwner(path)).toBeUndefined();
    await foreignListener(path);
    expect(await listenerOwner(path, { proc: tempFolder() })).toBeUndefined();
  });

  it('is not looked for among more open files than a bound allows', async () => {
    const proc = await writeTree(tempFolder(), {
      'net/unix': '0000: 00000002 00000000 00010000 0001 01 7 /x.ipc\n',
      '1/comm': 'a\x1b[1mb\n',
    });
    mkdirSync(join(proc, '1/fd'));
    for (const [file, target] of ['/dev/null', 'socket:[77]', 'socket:[7]'].entries())
      symlinkSync(target, join(proc, '1/fd', `${file}`));
    expect(await listenerOwner('/x.ipc', { proc, maxFiles: 2 })).toBeUndefined();
    expect(await listenerOwner('/x.ipc', { proc, maxFiles: 3 })).toEqual({ pid: 1, command: 'a?[1mb' });
  });
});

describe('the table of unix sockets', () => {
  const table = [
    'Num       RefCount Protocol Flags    Type St Inode Path',
    '00000000bb184dba: 00000003 00000000 00000000 0001 03 191683',
    '000000003288ca23: 00000003 00000000 00000000 0001 03 191694 /tmp/x.ipc',
    '000000003288ca24: 00000002 00000000 00010000 0001 01   553 /tmp/x.ipc',
    '00000000656f189f: 00000002 00000000 00010000 0001 01 192884 /tmp/x.ipc',
    '00000000656f18a0: 00000002 00000000 00010000 0001 01 192885 /tmp/x.ipc2',
    '00000000656f18a1: 00000002 00000000 00010000 0001 01 192886 /other/tmp/x.ipc',
    '00000000656f18a2: 00000002 00000000 00010000 0001 01 192887 @/tmp/x.ipc',
    '',
  ].join('\n');

  it('shows who listens on a path, and not who is connected', () => {
    expect(listeningInodes(table, '/tmp/x.ipc')).toEqual([553, 192884]);
    expect(listeningInodes(table, '/tmp/y.ipc')).toEqual([]);
    expect(listeningInodes('', '/tmp/x.ipc')).toEqual([]);
  });
});
