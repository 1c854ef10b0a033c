/** Whole rules: what comes out of their sinks, what is lost on the way, and what a tuple costs the host. */
import { contenders, type Contender, tsContender } from './contenders.js';
import { inRule as callAlone } from './function/flows.js';
import { grpcMissing } from './grpc/peer.js';
import { bench, type Comparison, type Target, type Variant } from './harness.js';
import { FLOW, SHARED } from './measure.js';
import { Parts } from './rules/carried.js';
import { fanOut, withCall, withCallOnly, withOperators, withOperatorsPlaced } from './rules/chains.js';
import { manyRules } from './rules/many.js';
import { placementMissing } from './rules/placement.js';
import { grpcRelay } from './rules/relay.js';
import { inRule as sinkAlone, targetOf } from './sink/flows.js';
import { COMMON, type Size, SMALL } from './sizes.js';
import { throughRule as sourceAlone } from './source/flows.js';

const TARGETS: readonly Target[] = [
  { metric: 'per s', base: 'alone', least: 0.6, or: { metric: 'per s', base: 'cores', least: 0.7 } },
  { metric: 'lost %', most: 0 },
];

/** The ends of a chain on their own. */
const ends = (contender: Contender, bytes: number): readonly Variant[] => {
  const skip = contender.missing;
  return [
    { name: 'source alone', skip, open: () => sourceAlone(contender, bytes, 'native') },
    { name: 'sink alone', skip, open: () => sinkAlone(targetOf(contender), bytes, 'native') },
  ];
};

const callOf = (contender: Contender, bytes: number): Variant => ({
  name: 'call alone',
  skip: contender.missing,
  open: () => callAlone(contender, bytes),
});

const placed = (contender: Contender, bytes: number): Variant => ({
  name: 'rule, placed',
  // The plugins of others have work for more than one processor.
  ours: contender === tsContender,
  skip: contender.missing ?? placementMissing(),
  open: () => withOperatorsPlaced(contender, bytes),
});

const chain = (contender: Contender, { bytes, text, thorough }: Size): Comparison => ({
  title: `source → operators → sink, ${contender.language}, ${text}`,
  metrics: [...FLOW, ...SHARED],
  targets: TARGETS,
  thorough,
  variants: [
    ...new Parts(ends(contender, bytes)).variants,
    { name: 'rule', ours: true, skip: contender.missing, open: () => withOperators(contender, bytes) },
    placed(contender, bytes),
    { name: 'gRPC, stream to stream', base: 'gRPC', skip: grpcMissing(), open: () => grpcRelay(bytes) },
  ],
});

/** Under a flood that it holds back. With our SDK the one thread of the host is what both share, and a call alone fills it. */
const calledOnly = (contender: Contender, { bytes, text }: Size): Comparison => ({
  title: `source → call, ${contender.language}, ${text}`,
  metrics: [...FLOW, ...SHARED],
  targets: [
    ...(contender === tsContender ? [] : [{ metric: 'per s', base: 'alone', least: 0.9 }]),
    { metric: 'lost %', most: 0 },
  ],
  variants: [
    { ...callOf(contender, bytes), base: 'alone' },
    { name: 'rule', ours: true, skip: contender.missing, open: () => withCallOnly(contender, bytes) },
  ],
});

const called = (contender: Contender, { bytes, text, thorough }: Size): Comparison => ({
  title: `source → call → sink, ${contender.language}, ${text}`,
  metrics: [...FLOW, ...SHARED],
  thorough,
  variants: [
    ...new Parts([...ends(contender, bytes), callOf(contender, bytes)]).variants,
    { name: 'rule', ours: true, skip: contender.missing, open: () => withCall(contender, bytes) },
  ],
});

const fannedOut = (contender: Contender, sinks: readonly number[]): Comparison => ({
  title: `one source, many sinks, ${contender.language}, ${SMALL.text}`,
  metrics: FLOW,
  variants: sinks.map((count) => ({
    name: count === 1 ? 'one sink' : `${count} sinks`,
    ...(count === 1 ? { base: 'one' } : { ours: true }),
    skip: contender.missing,
    open: () => fanOut(count)(contender, SMALL.bytes),
  })),
});

const many = (title: string, interval: number, counts: readonly number[]): Comparison => ({
  title: `${title}, TypeScript, ${SMALL.text}`,
  metrics: FLOW,
  variants: counts.map((count) => ({
    name: count === 1 ? 'one rule' : `${count} rules`,
    ...(count === 1 ? { base: 'one' } : { ours: true }),
    skip: tsContender.missing,
    open: () => manyRules(count, SMALL.bytes, interval),
  })),
});

const sizes = COMMON.filter(({ thorough }) => !thorough);

await bench('rules', [
  ...contenders.flatMap((contender) => sizes.map((size) => chain(contender, size))),
  ...contenders.map((contender) => calledOnly(contender, SMALL)),
  ...contenders.map((contender) => called(contender, SMALL)),
  ...contenders.map((contender) => fannedOut(contender, [1, 4])),
  many('sources that flood', 0, [1, 10, 100]),
  many('sources of 100 tuples a second', 10, [1, 100]),
]);
