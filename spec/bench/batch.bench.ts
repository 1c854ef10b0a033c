/** What it brings that our SDK takes several calls or values, and sends several tuples, in one frame. */
import { tsContender } from './contenders.js';
import { inRule } from './function/flows.js';
import { bench, type Comparison, type Opened } from './harness.js';
import { FLOW } from './measure.js';
import { SMALL } from './sizes.js';
import { inRule as intoSink, targetOf } from './sink/flows.js';
import { throughRule } from './source/flows.js';

/** The smallest value there is, in bytes. */
const TINY = 16;
/** Values that wait in front of the call: enough for batches of any size. */
const WAITING = 1_024;

const compare = (title: string, least: number | undefined, open: (single: boolean) => Promise<Opened>): Comparison => ({
  title: `${title} B`,
  metrics: FLOW,
  targets: least === undefined ? [] : [{ metric: 'per s', base: 'single', least }],
  variants: [
    { name: 'single frames', base: 'single', skip: tsContender.missing, open: () => open(true) },
    { name: 'together', ours: true, skip: tsContender.missing, open: () => open(false) },
  ],
});

const calls = (bytes: number) => (single: boolean) => inRule(tsContender, bytes, single, WAITING);

await bench('batch', [
  compare(`call, TypeScript, ${TINY}`, 15, calls(TINY)),
  compare(`call, TypeScript, ${SMALL.bytes}`, undefined, calls(SMALL.bytes)),
  compare(`source, TypeScript, ${SMALL.bytes}`, 1.6, (single) =>
    throughRule(tsContender, SMALL.bytes, 'native', single),
  ),
  compare(`sink, TypeScript, ${SMALL.bytes}`, 1.3, (single) =>
    intoSink(targetOf(tsContender, single), SMALL.bytes, 'native'),
  ),
]);
