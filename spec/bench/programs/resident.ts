/**
 * A program of its own around one host: prints what the kernel says of its memory, after so many tuples of a source, or
 * after five seconds in which nobody takes any.
 *
 *   resident.mjs <data folder> <symbol> <config> <tuples, or `stuck`>
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { NEVER, take } from 'rxjs';
import { Host } from 'rxport';
import { mapAsync } from 'rxport/operators';

const STUCK = 5_000;

const [, , dir = '', symbol = '', config = '{}', tuples = '0'] = process.argv;

const host = await Host.start({ dir });
const stuck = tuples === 'stuck';
const rule = host.rule('resident', ({ source }) =>
  source(symbol, { config: JSON.parse(config) as Record<string, unknown> }).pipe(
    stuck ? mapAsync(() => NEVER) : take(Number(tuples)),
  ),
);
if (stuck) await Promise.race([rule.done, pause(STUCK)]);
else await rule.done;
console.log(readFileSync('/proc/self/status', 'utf8'));
await host.stop();
