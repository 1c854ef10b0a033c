import { expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { systemClock } from '../../lib/clock.js';
import { Pipe } from '../../lib/sp/pipe.js';
import { PULL } from '../helpers/raw-peer.js';
import { Recorder } from '../helpers/recorder.js';

class Log extends Recorder {
  readonly told: string[] = [];

  tell(what: string): void {
    this.told.push(what);
    this.changed();
  }
}

/** A kernel that takes at once whatever is written, as where the peer reads on another processor meanwhile. */
class OpenPipe extends Duplex {
  override _read(): void {
    // What the peer says is pushed.
  }

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    done();
  }
}

it('there is room again when the kernel has taken a large frame within the write itself', async () => {
  const log = new Log();
  const socket = new OpenPipe();
  const pipe = new Pipe(
    socket as unknown as Socket,
    'push',
    'x',
    { clock: systemClock },
    {
      opened: () => log.tell('opened'),
      accepted: () => log.tell('accepted'),
      drained: () => log.tell('drained'),
      closed: () => log.tell('closed'),
    },
  );
  socket.push(PULL);
  await log.until(() => log.told.length === 1);
  expect(pipe.send('x'.repeat(300_000))).toBe(false);
  await log.until(() => log.told.includes('drained'));
  expect(log.told).toEqual(['opened', 'accepted', 'drained']);
  expect(pipe.send('x')).toBe(true);
  pipe.destroy();
  await log.until(() => log.told.includes('closed'));
});
