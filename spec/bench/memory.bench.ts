/** What a host takes of the memory: as a process, and for each rule and each value that it holds. */
import { tsContender } from './contenders.js';
import { bench, type Comparison } from './harness.js';
import { idleRules, waitingForCall, waitingForSink } from './memory/heap.js';
import { bareNode, hostWith } from './memory/process.js';
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
    { name: 'host, first tuple', skip, open: () => hostWith(SMALL.bytes, 1) },
    { name: `host, 1,000,000 tuples of ${SMALL.text}`, skip, open: () => hostWith(SMALL.bytes, 1_000_000) },
    ...[SMALL, ...COMMON.slice(-1)].map(({ bytes, text }) => ({
      name: `host, a flood of ${text} that nobody takes`,
      skip,
      open: () => hostWith(bytes, 'stuck'),
    })),
    ...LARGE.map(({ bytes, text }) => ({
      name: `host, 20 tuples of ${text}`,
      skip,
      open: () => hostWith(bytes, 20),
    })),
  ],
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

await bench('memory', [processes, items]);
