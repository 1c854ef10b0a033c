/** How many calls of a function that does nothing a host makes, how long each takes, and what it costs the host. */
import { contenders, type Contender } from './contenders.js';
import { awaited, inRule, raw } from './function/flows.js';
import { stream, unary, unaryAtOnce } from './function/grpc.js';
import { grpcMissing } from './grpc/peer.js';
import { bench, type Comparison, type Target } from './harness.js';
import { FLOW } from './measure.js';
import { type Size, sizesFor } from './sizes.js';

const TARGETS: readonly Target[] = [{ metric: 'per s', base: 'raw', least: 0.9 }];

const called = (contender: Contender, { bytes, text, thorough }: Size): Comparison => {
  const skip = contender.missing;
  const noGrpc = grpcMissing();
  return {
    title: `${contender.language}, ${text}`,
    metrics: FLOW,
    targets: TARGETS,
    thorough,
    variants: [
      { name: 'raw socket', base: 'raw', skip, open: () => raw(contender, bytes) },
      { name: 'call in a rule', ours: true, skip, open: () => inRule(contender, bytes) },
      { name: 'exec, one at a time', skip, open: () => awaited(contender, bytes) },
      { name: 'gRPC unary, one at a time', base: 'gRPC unary', skip: noGrpc, open: () => unary(bytes) },
      { name: 'gRPC stream, one at a time', base: 'gRPC', skip: noGrpc, open: () => stream(bytes) },
      { name: 'gRPC unary, many at once', skip: noGrpc, open: () => unaryAtOnce(bytes) },
    ],
  };
};

await bench(
  'function',
  contenders.flatMap((contender) => sizesFor(contender).map((size) => called(contender, size))),
);
