import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { startDevServer } from '../../lib/devserver/dev-server.js';
import { silent } from '../helpers/host.js';
import { unique } from '../helpers/unique.js';

const socketOf = (name: string): string => `/tmp/plugin_${name}.ipc`;

/** It can be started anew, so that nothing has been left. */
async function startsAnew(name: string): Promise<void> {
  expect(existsSync(socketOf(name))).toBe(false);
  const server = await startDevServer({ name, port: 0, log: silent });
  expect(existsSync(socketOf(name))).toBe(true);
  await server.close();
}

describe('a start of the test server that is given up', () => {
  it.each([
    ['its control channel is bound', 1],
    ['it begins to listen', 2],
  ])('while %s leaves nothing', async (_, look) => {
    const name = unique('p');
    const giveUp = new AbortController();
    const { signal } = giveUp;
    let looks = 0;
    // The last look before that lets it pass.
    signal.throwIfAborted = () => {
      AbortSignal.prototype.throwIfAborted.call(signal);
      if ((looks += 1) === look) giveUp.abort(new Error('enough'));
    };
    const outcome = await startDevServer({ name, port: 0, log: silent, signal }).then(
      async (server) => {
        await server.close();
        return 'it has started';
      },
      ({ message }: Error) => message,
    );
    expect(outcome).toBe('enough');
    await startsAnew(name);
  });
});
