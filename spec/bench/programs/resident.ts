/**
 * A program of its own around one host: prints what the kernel says of its memory after a load.
 *
 *   resident.mjs <data folder> <cast> <load>
 *
 * `cast` is JSON, see `Cast`.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { NEVER, of, take } from 'rxjs';
import { Host, type RuleBody } from 'rxport';
import { mapAsync } from 'rxport/operators';

/** Milliseconds of a load that has no end. */
const LONG = 5_000;
/** Longer than this program lives, in milliseconds. */
const FOR_EVER = 3_600_000;

/** More than the largest frame, in characters. */
const TOO_LARGE = 65 * 1024 * 1024;

type Config = Readonly<Record<string, unknown>>;

/** Symbols of two plugins, and what they are told. */
interface Cast {
  readonly source: string;
  readonly flood: Config;
  readonly slow: string;
  readonly sink: string;
  readonly collect: Config;
  /** The plugin that has the sink. */
  readonly plugin: string;
}

const [, , dir = '', text = '{}', load = '0'] = process.argv;
const { source: from, flood, slow, sink: to, collect, plugin } = JSON.parse(text) as Cast;
const STILL = 'a sink that stands still';

const bodies: Readonly<Record<string, RuleBody>> = {
  'nobody takes it': ({ source }) => source(from, { config: flood }).pipe(mapAsync(() => NEVER)),
  'no answer': ({ source, call }) => source(from, { config: flood }).pipe(call(slow, () => [FOR_EVER])),
  [STILL]: ({ source, sink }) => source(from, { config: flood }).subscribe(sink(to, { config: collect })),
  'a value over the limit': ({ sink }) => of('x'.repeat(TOO_LARGE)).subscribe(sink(to, { config: collect })),
};

// Sockets beside it: who has made that folder removes it, also when this program is killed.
const host = await Host.start({ dir, ipcDir: dirname(dir) });
const rule = host.rule(
  'resident',
  bodies[load] ?? (({ source }) => source(from, { config: flood }).pipe(take(Number(load)))),
);
if (load === STILL) {
  while (rule.ledger().stages[`sink ${to}`]?.passed === 0) await pause(10);
  const { pid } = host.plugins.get(plugin);
  if (pid !== undefined) process.kill(pid, 'SIGSTOP');
}
if (load in bodies) await Promise.race([rule.done, pause(LONG)]);
else await rule.done;
if (!rule.ledger().balanced) throw new Error(`unbalanced: ${JSON.stringify(rule.ledger())}`);
console.log(readFileSync('/proc/self/status', 'utf8'));
await host.stop();
