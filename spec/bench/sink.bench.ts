/** How many tuples a host gets rid of, and what each costs it. */
import { contenders } from './contenders.js';
import { grpcMissing } from './grpc/peer.js';
import { bench, type Comparison, type Target } from './harness.js';
import { FLOW } from './measure.js';
import { nanomsgMissing } from './nanomsg.js';
import { drainTarget, grpcStream, inRule, raw, type SinkTarget, targetOf } from './sink/flows.js';
import { COMMON, LARGE, type Size, sizesFor } from './sizes.js';

const TARGETS: readonly Target[] = [
  { metric: 'per s', base: 'raw', least: 0.85 },
  { metric: 'host µs', base: 'raw', most: 1.3 },
];

interface Taker {
  readonly name: string;
  readonly skip: string | undefined;
  readonly targets: readonly Target[];
  readonly sizes: readonly Size[];
  readonly target: () => SinkTarget;
}

const takers: readonly Taker[] = [
  ...contenders.map((contender) => ({
    name: contender.language,
    skip: contender.missing,
    targets: contender.language === 'Go' ? TARGETS : [],
    sizes: sizesFor(contender),
    target: () => targetOf(contender),
  })),
  {
    name: 'reader that only counts bytes',
    skip: undefined,
    targets: [],
    sizes: [...COMMON, ...LARGE],
    target: drainTarget,
  },
];

const fed = ({ name, skip, targets, target }: Taker, { bytes, text, thorough }: Size): Comparison => {
  const noPackage = skip ?? nanomsgMissing();
  return {
    title: `${name}, ${text}`,
    metrics: FLOW,
    targets,
    thorough,
    variants: [
      { name: 'raw socket', base: 'raw', skip, open: () => raw(target(), bytes) },
      { name: 'rule, native', ours: true, skip, open: () => inRule(target(), bytes, 'native') },
      { name: 'rule, nanomsg', base: 'nanomsg', skip: noPackage, open: () => inRule(target(), bytes, 'nanomsg') },
      { name: 'gRPC client stream', base: 'gRPC', skip: grpcMissing(), open: () => grpcStream(bytes) },
    ],
  };
};

await bench(
  'sink',
  takers.flatMap((taker) => taker.sizes.map((size) => fed(taker, size))),
);
