/** The same way in gRPC: the stream of one server is written to another one, as far as flow control lets. */
import { once } from 'node:events';
import { GrpcPeer } from '../grpc/peer.js';
import { load } from '../grpc/service.js';
import type { Opened } from '../harness.js';
import { measureFlow } from '../measure.js';
import type { Value } from '../payload.js';

export async function grpcRelay(bytes: number): Promise<Opened> {
  const [from, to] = await Promise.all([GrpcPeer.start(), GrpcPeer.start()]);
  const { flood, collect } = load;
  return {
    async run(seconds) {
      let taken = 0;
      const source = from.client.makeServerStreamRequest(
        flood.path,
        flood.requestSerialize,
        flood.responseDeserialize,
        {
          size: bytes,
        },
      );
      const sink = to.client.makeClientStreamRequest(
        collect.path,
        collect.requestSerialize,
        collect.responseDeserialize,
        () => undefined,
      );
      source.on('data', ({ i, pad }: Value) => {
        if (!sink.write({ i: i + 1, pad }, () => (taken += 1))) source.pause();
      });
      sink.on('drain', () => source.resume());
      // It is cancelled in the end, which is an error.
      const cancelled = once(source, 'error');
      const sample = await measureFlow(seconds, bytes, () => taken);
      source.cancel();
      await cancelled;
      sink.end();
      await once(sink, 'status');
      return { ...sample, 'lost %': 0 };
    },
    async close() {
      await Promise.all([from.close(), to.close()]);
    },
  };
}
