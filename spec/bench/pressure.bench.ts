/** What a flooding source does to a rule that is slower: how far it can be slowed down, and what is lost at which rate. */
import { type Contender, contenders } from './contenders.js';
import { bench, type Comparison } from './harness.js';
import { heldBack } from './pressure/held-back.js';
import { COMMON, type Size } from './sizes.js';

/** Tuples a second that the rule takes. */
const RATES = [0, 300, 1_000, 3_000];

const flood = (contender: Contender, { bytes, text }: Size): Comparison => ({
  title: `a rule slower than its source, ${contender.language}, ${text}`,
  metrics: ['comes per s', 'waits more per s', 'missing', 'dropped', 'peak'].map((name) => ({ name, plain: true })),
  variants: RATES.map((rate) => ({
    name: rate === 0 ? 'takes nothing' : `takes ${rate} per s`,
    ours: rate === 0 || rate === 1_000,
    skip: contender.missing,
    open: () => heldBack(contender, bytes, rate),
  })),
  targets: [{ metric: 'missing', most: 0 }],
});

const sizes = COMMON.filter(({ bytes }) => bytes <= 1_024);

await bench(
  'pressure',
  contenders.flatMap((contender) => sizes.map((size) => ({ ...flood(contender, size), thorough: size.thorough }))),
);
