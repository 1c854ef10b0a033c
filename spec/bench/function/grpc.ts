/** The same calls in gRPC: one at a time, over one stream, and many at a time, which its connection can carry. */
import { once } from 'node:events';
import { GrpcPeer } from '../grpc/peer.js';
import { load } from '../grpc/service.js';
import type { Opened } from '../harness.js';
import { Calls } from '../measure.js';
import { type Value, valueOf } from '../payload.js';
import { oneByOne } from './flows.js';

/** Calls that are out at once, where many are: as many as wait in front of a call in a rule. */
const AT_ONCE = 64;
const AT_ONCE_BYTES = 64 * 1024 * 1024;

export const unary = (bytes: number): Promise<Opened> =>
  withEcho(bytes, (echo) => ({ run: (seconds) => oneByOne(seconds, bytes, echo) }));

export const unaryAtOnce = (bytes: number): Promise<Opened> =>
  withEcho(bytes, (echo) => ({
    async run(seconds) {
      const calls = new Calls();
      let stopped = false;
      const caller = async (): Promise<void> => {
        while (!stopped) {
          const start = performance.now();
          await echo();
          calls.took(start);
        }
      };
      const callers = Math.max(2, Math.min(AT_ONCE, Math.floor(AT_ONCE_BYTES / bytes)));
      const all = Promise.all(Array.from({ length: callers }, caller));
      const sample = calls.during(seconds, bytes);
      await Promise.race([sample, all]);
      stopped = true;
      await all;
      return sample;
    },
  }));

async function withEcho(bytes: number, make: (echo: () => Promise<Value>) => Pick<Opened, 'run'>): Promise<Opened> {
  const peer = await GrpcPeer.start();
  const { path, requestSerialize, responseDeserialize } = load.echo;
  const value = valueOf(bytes);
  const echo = (): Promise<Value> =>
    new Promise((resolve, reject) => {
      peer.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, value, (error, reply) => {
        if (error === null && reply !== undefined) resolve(reply);
        else reject(error ?? new Error('no reply'));
      });
    });
  return { ...make(echo), close: () => peer.close() };
}

/** One message out, one back, on a stream that stays. */
export async function stream(bytes: number): Promise<Opened> {
  const peer = await GrpcPeer.start();
  const { path, requestSerialize, responseDeserialize } = load.converse;
  const value = valueOf(bytes);
  return {
    async run(seconds) {
      const call = peer.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
      let answered: () => void = () => undefined;
      call.on('data', () => answered());
      const sample = await oneByOne(
        seconds,
        bytes,
        () =>
          new Promise<void>((resolve) => {
            answered = resolve;
            call.write(value);
          }),
      );
      call.end();
      await once(call, 'status');
      return sample;
    },
    close: () => peer.close(),
  };
}
