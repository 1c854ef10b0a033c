/** How many tuples a host takes in, and what each costs it. */
import { contenders, type Contender } from './contenders.js';
import { grpcMissing } from './grpc/peer.js';
import { bench, type Comparison, type Target, type Variant } from './harness.js';
import { FLOW } from './measure.js';
import { nanomsgMissing } from './nanomsg.js';
import { goMissing } from './plugins.js';
import { COMMON, LARGE, type Size, sizesFor, SMALL } from './sizes.js';
import { grpcStream, throughRule, throughRuleUnderFlooder, underFlooder, underPlugin } from './source/flows.js';
import { channel, nanomsgPackage, raw, textPerChunk } from './source/intakes.js';

const TARGETS: readonly Target[] = [
  { metric: 'per s', base: 'raw', least: 0.85 },
  { metric: 'host µs', base: 'raw', most: 1.3 },
];

const grpc = (bytes: number): Variant => ({
  name: 'gRPC server stream',
  base: 'gRPC',
  skip: grpcMissing(),
  open: () => grpcStream(bytes),
});

const flooded = (contender: Contender, { bytes, text, thorough }: Size): Comparison => {
  const skip = contender.missing;
  const noPackage = skip ?? nanomsgMissing();
  return {
    title: `${contender.language}, ${text}`,
    metrics: FLOW,
    targets: contender.language === 'Go' ? TARGETS : [],
    thorough,
    variants: [
      { name: 'raw socket', base: 'raw', skip, open: () => underPlugin(contender, bytes, raw()) },
      { name: 'rule, native', ours: true, skip, open: () => throughRule(contender, bytes, 'native') },
      { name: 'rule, nanomsg', skip: noPackage, open: () => throughRule(contender, bytes, 'nanomsg') },
      {
        name: 'nanomsg package',
        base: 'nanomsg',
        skip: noPackage,
        open: () => underPlugin(contender, bytes, nanomsgPackage),
      },
      grpc(bytes),
    ],
  };
};

const skip = goMissing();

/** The host is the limit: frames are encoded before, 64 KiB to a write. */
const saturated = ({ bytes, text, thorough }: Size): Comparison => ({
  title: `native flooder, ${text}`,
  metrics: FLOW,
  thorough,
  variants: [
    { name: 'raw socket', base: 'raw', skip, open: () => underFlooder(bytes, raw()) },
    { name: 'raw, text per chunk', skip, open: () => underFlooder(bytes, raw(textPerChunk())) },
    { name: 'source channel', skip, open: () => underFlooder(bytes, channel) },
    { name: 'rule, native', ours: true, skip, open: () => throughRuleUnderFlooder(bytes) },
    {
      name: 'nanomsg package',
      base: 'nanomsg',
      skip: skip ?? nanomsgMissing(),
      open: () => underFlooder(bytes, nanomsgPackage),
    },
    grpc(bytes),
  ],
});

await bench('source', [
  ...contenders.flatMap((contender) => sizesFor(contender).map((size) => flooded(contender, size))),
  ...[SMALL, ...COMMON.slice(-1), ...LARGE].map(saturated),
]);
