/** What it costs a healthy source that somebody watches its process, keeps its ledger and would start it again. */
import { bench } from './harness.js';
import { goContender } from './contenders.js';
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
]);
