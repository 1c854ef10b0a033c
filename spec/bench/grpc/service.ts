/** The service that stands beside plugins: what a source, a function and a sink are in gRPC. JSON in it, as in ours. */
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import type { Value } from '../payload.js';

/** How large the tuples are that a flood consists of, in bytes. */
export interface FloodRequest {
  readonly size: number;
}

/** How many values a sink has got. */
export interface Count {
  readonly count: number;
}

const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const decode = (bytes: Buffer): unknown => JSON.parse(bytes.toString());

function method<In, Out>(name: string, streams: { readonly in: boolean; readonly out: boolean }) {
  return {
    path: `/bench.Load/${name}`,
    requestStream: streams.in,
    responseStream: streams.out,
    requestSerialize: encode,
    requestDeserialize: decode,
    responseSerialize: encode,
    responseDeserialize: decode,
  } as MethodDefinition<In, Out>;
}

export const load = {
  flood: method<FloodRequest, Value>('Flood', { in: false, out: true }),
  echo: method<Value, Value>('Echo', { in: false, out: false }),
  converse: method<Value, Value>('Converse', { in: true, out: true }),
  collect: method<Value, Count>('Collect', { in: true, out: false }),
} satisfies ServiceDefinition;

/** No limit: the default of 4 MiB would refuse large frames. */
export const LIMITS = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };
