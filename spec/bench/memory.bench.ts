/** What a host takes of the memory: as a process, and for each rule and each value that it holds. */
import { type Contender, goContender, tsContender } from './contenders.js';
import { bench, type Comparison } from './harness.js';
import { idleRules, waitingForCall, waitingForSink } from './memory/heap.js';
import { bareNode, hostWith, type Load } from './memory/process.js';
import { COMMON, LARGE, SMALL } from './sizes.js';

const skip = tsContender.missing;

const processes: Comparison = {
  title: 'a fresh process',
  metrics: [
    { name: 'RSS MiB', digits: 1 },
    { name: 'peak MiB', digits: 1 },
  ],
  variants: [
    { name: 'Node alone', base: 'Node', open: bareNode },
    { name: 'host, first tuple', skip, open: () => hostWith(tsContender, SMALL.bytes, 1) },
    {
      name: `host, 1,000,000 tuples of ${SMALL.text}`,
      skip,
      open: () => hostWith(tsContender, SMALL.bytes, 1_000_000),
    },
    ...LARGE.map(({ bytes, text }) => ({
      name: `host, 20 tuples of ${text}`,
      skip,
      open: () => hostWith(tsContender, bytes, 20),
    })),
  ],
};

const LOADS: readonly Load[] = ['nobody takes it', 'no answer', 'a sink that stands still'];

/** What is held is bounded, whatever goes wrong. */
const badInput = (contender: Contender): Comparison => ({
  title: `five seconds of a flood, ${contender.language}`,
  metrics: processes.metrics,
  variants: [
    { name: 'Node alone', base: 'Node', open: bareNode },
    ...LOADS.flatMap((load) =>
      [SMALL, ...COMMON.slice(-1)].map(({ bytes, text }) => ({
        name: `${load}, ${text}`,
        skip: contender.missing,
        open: () => hostWith(contender, bytes, load),
      })),
    ),
  ],
});

const overLimit: Comparison = {
  title: 'a value of 65 MiB for a sink',
  metrics: processes.metrics,
  variants: [{ name: 'host', skip, open: () => hostWith(tsContender, SMALL.bytes, 'a value over the limit') }],
};

const COUNT = 10_000;
const RULES = 100;

const items: Comparison = {
  title: 'held, after a collection',
  metrics: [{ name: 'items' }, { name: 'KiB' }, { name: 'B each' }].map((metric) => ({ ...metric, plain: true })),
  variants: [
    { name: `${RULES} rules with a silent source`, skip, open: () => idleRules(RULES) },
    { name: `values of ${SMALL.text} before a sink`, skip, open: () => waitingForSink(COUNT, SMALL.bytes) },
    { name: `values of ${SMALL.text} before a call`, skip, open: () => waitingForCall(COUNT, SMALL.bytes) },
  ],
};

await bench('memory', [processes, ...[goContender, tsContender].map(badInput), overLimit, items]);
