/**
 * A program of its own around one host: prints the milliseconds from `Host.start` to the first tuple of a source.
 *
 *   node spec/bench/first-tuple.mjs <data folder> <symbol>
 */
import { take, tap } from 'rxjs';
import { Host } from '../../dist/lib/index.js';

const [, , dir, symbol] = process.argv;

const start = performance.now();
const host = await Host.start({ dir });
const rule = host.rule('first-tuple', ({ source }) =>
  source(symbol, { config: { interval: 1 } }).pipe(
    take(1),
    tap(() => console.log(performance.now() - start)),
  ),
);
await rule.done;
await host.stop();
