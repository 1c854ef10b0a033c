/** What more processes of one function bring, with work in each call and without. */
import { cpus } from 'node:os';
import { type Contender, contenders } from './contenders.js';
import { replicated } from './function/flows.js';
import { bench, type Comparison } from './harness.js';
import { FLOW } from './measure.js';

/** Milliseconds of work in a call, in which the processor is free. */
const WORK = 2;

const replicas = (contender: Contender, ms: number, count: number, least: number): Comparison => ({
  title: `${contender.language}, ${count} processes, ${ms === 0 ? `no work, ${cpus().length} cores` : `${ms} ms of work`}`,
  metrics: FLOW.filter(({ name }) => name !== 'MB/s'),
  targets: ms === 0 ? [] : [{ metric: 'per s', base: 'one', least }],
  variants: [
    { name: 'one process', base: 'one', skip: contender.missing, open: () => replicated(contender, 1, ms) },
    { name: `${count} processes`, ours: true, skip: contender.missing, open: () => replicated(contender, count, ms) },
  ],
});

await bench(
  'replicas',
  contenders.flatMap((contender) =>
    [WORK, 0].flatMap((ms) => [replicas(contender, ms, 2, 1.8), replicas(contender, ms, 4, 3.5)]),
  ),
);
