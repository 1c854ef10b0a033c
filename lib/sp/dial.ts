import { connect } from 'node:net';
import { pause } from '../clock.js';
import { channelDial, type RxportError } from '../errors.js';
import { checkPath } from './listen.js';
import { Pipe, type PipeHandler } from './pipe.js';
import type { PipeOptions } from './pipe-options.js';
import type { Protocol } from './protocol.js';

const RETRY_MS = 10;

export interface DialOptions extends PipeOptions {
  /** How long to go on trying, in milliseconds; 0 tries once. */
  readonly timeout: number;
}

/**
 * Connects to `path` as `protocol` and resolves when both greetings are exchanged.
 *
 * Rejects with `ERR_CHANNEL_DIAL` when nobody listened in time, `ERR_GREETING` when the listener is of another kind.
 * Once resolved, the handler's `closed` tells the end.
 */
export async function dial(
  path: string,
  protocol: Protocol,
  options: DialOptions,
  handler: PipeHandler,
): Promise<Pipe> {
  checkPath(path);
  const until = options.clock.now() + options.timeout;
  for (;;) {
    try {
      return await attempt(path, protocol, options, handler);
    } catch (error) {
      if ((error as RxportError).code === 'ERR_GREETING') throw error;
      if (options.clock.now() >= until) throw channelDial(path, (error as RxportError).cause ?? error);
    }
    await pause(options.clock, RETRY_MS);
  }
}

function attempt(path: string, protocol: Protocol, options: DialOptions, handler: PipeHandler): Promise<Pipe> {
  return new Promise((resolve, reject) => {
    let opened = false;
    new Pipe(connect(path), protocol, path, options, {
      ...handler,
      opened(pipe) {
        opened = true;
        handler.opened(pipe);
        resolve(pipe);
      },
      closed(pipe, error) {
        if (opened) handler.closed(pipe, error);
        else reject(error ?? channelDial(path, 'the listener closed the connection before its greeting'));
      },
    });
  });
}
