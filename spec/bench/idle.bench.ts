/** What rules cost that have nothing to do. */
import { tsContender } from './contenders.js';
import { bench, type Comparison } from './harness.js';
import { idle } from './idle/rules.js';

const rules: Comparison = {
  title: 'source → call → sink, TypeScript, nothing to do',
  metrics: [
    { name: 'start ms each', digits: 2 },
    { name: 'stop ms each', digits: 2 },
    { name: 'KiB each', digits: 1 },
    { name: 'idle CPU %', digits: 2, plain: true },
  ],
  variants: [100, 1_000].map((count) => ({
    name: `${count} rules`,
    ...(count === 100 ? { base: '100' } : { ours: count === 1_000 }),
    skip: tsContender.missing,
    open: () => idle(count),
  })),
  targets: [
    { metric: 'start ms each', base: '100', most: 1.5 },
    { metric: 'idle CPU %', most: 1 },
  ],
};

await bench('idle', [rules]);
