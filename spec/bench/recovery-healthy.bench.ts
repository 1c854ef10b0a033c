/**
 * What it costs a healthy source that somebody watches its process, keeps its ledger and would start it again; and a healthy
 * function that another plugin floods its output.
 */
import { bench } from './harness.js';
import { goContender } from './contenders.js';
import { awaited, besideOutput } from './function/flows.js';
import { FLOW } from './measure.js';
import { SMALL } from './sizes.js';
import { throughRule, underPlugin } from './source/flows.js';
import { channel } from './source/intakes.js';

const skip = goContender.missing;

await bench('recovery-healthy', [
  {
    title: 'Go source that floods',
    metrics: FLOW,
    repeat: 2,
    variants: [
      {
        name: 'bare channel, nobody watches',
        base: 'bare',
        skip,
        open: () => underPlugin(goContender, SMALL.bytes, channel),
      },
      { name: 'rule in a host', ours: true, skip, open: () => throughRule(goContender, SMALL.bytes, 'native') },
    ],
  },
  {
    title: 'Go function, one call at a time',
    metrics: FLOW,
    repeat: 2,
    variants: [
      { name: 'no other plugin', base: 'alone', skip, open: () => awaited(goContender, SMALL.bytes) },
      {
        name: 'beside a flood of output',
        ours: true,
        skip,
        open: () => besideOutput(goContender, SMALL.bytes),
      },
    ],
  },
]);
