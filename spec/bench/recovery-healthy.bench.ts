/** What it costs a healthy source that somebody watches its process, keeps its ledger and would start it again. */
import { bench } from './harness.js';
import { THROUGHPUT } from './measure.js';
import { goMissing, goPlugin } from './plugins.js';
import { channel, GO_FLOOD, throughRule, underGoPlugin } from './source-flow.js';

const skip = goMissing();

await bench('recovery-healthy', [
  {
    title: 'Go source that floods',
    metrics: THROUGHPUT,
    repeat: 2,
    variants: [
      { name: 'bare channel, nobody watches', base: 'bare', skip, open: () => underGoPlugin(channel) },
      { name: 'rule in a host', skip, open: () => throughRule(goPlugin(), 'random', GO_FLOOD, 'native') },
    ],
  },
]);
