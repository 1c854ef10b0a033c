/**
 * A program of its own around one host: prints what the kernel says of its memory, after so many tuples of a source.
 *
 *   resident.mjs <data folder> <symbol> <config> <tuples>
 */
import { readFileSync } from 'node:fs';
import { take } from 'rxjs';
import { Host } from 'rxport';

const [, , dir = '', symbol = '', config = '{}', tuples = '0'] = process.argv;

const host = await Host.start({ dir });
const rule = host.rule('resident', ({ source }) =>
  source(symbol, { config: JSON.parse(config) as Record<string, unknown> }).pipe(take(Number(tuples))),
);
await rule.done;
console.log(readFileSync('/proc/self/status', 'utf8'));
await host.stop();
