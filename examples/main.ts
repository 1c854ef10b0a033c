/** `npm start`: the rules of `watch.ts` over the plugins that come with rxport, with something to look at. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstValueFrom, fromEvent, interval, race, Subscription, takeUntil, takeWhile, timer } from 'rxjs';
import { Host, type Rule, RxportError } from 'rxport';
import { alertsIn } from './alerts.js';
import { provide } from './bundled-plugins.js';
import { sayComebacks } from './comebacks.js';
import { type LiveView, liveView } from './live-view.js';
import { HELP, type Options, readOptions } from './options.js';
import { Processes } from './processes.js';
import { sayProblems } from './say-problems.js';
import { summarise } from './summary.js';
import { totalsOf } from './totals.js';
import { watch } from './watch.js';

/** What `npm run example:python` has made. */
const PYTHON = fileURLToPath(new URL('../../.cache/python/bin/python', import.meta.url));

async function main({ runFor, python, data }: Options): Promise<boolean> {
  const view = liveView(process.stdout);
  const alerts = join(data, 'alerts.ndjson');
  // npm hands a Ctrl-C on to a process that has had it already: the second one must not end what the first one stops.
  const interrupted = firstValueFrom(race(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM')));
  process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);

  await rm(alerts, { force: true });
  const start = performance.now();
  const pythonBin = existsSync(PYTHON) ? PYTHON : 'python3';
  const host = await Host.start({ dir: data, pythonBin, logger: sayProblems((text) => view.say(text)) });
  const processes = new Processes(host);
  let rules: readonly Rule[] = [];
  let firstTuple: number | undefined;
  let looking = Subscription.EMPTY;
  try {
    const names = ['mirror', 'telemetry', 'replay', ...(python ? ['stats'] : [])];
    const done = await Promise.all(names.map(async (name) => `${name} ${await provide(host, name)}`));
    processes.follow();
    sayComebacks(host.plugins.list(), (line) => view.say(line));
    view.say(`plugins in ${relative('', data)}: ${done.join(', ')} (the folder stays; delete it as you like)\n`);

    rules = watch({ alerts, score: python ? 'zscore' : 'deviation' }).map((rule) => host.rule(rule));
    // A rule does not say when its first tuple came; looking often is near enough.
    const waiting = interval(5).pipe(takeWhile(() => totalsOf(...rules).tuples === 0));
    looking = waiting.subscribe({ complete: () => (firstTuple = performance.now() - start) });
    await show(view, { rules, alerts, runFor, interrupted });
  } finally {
    looking.unsubscribe();
    await host.stop();
  }

  const elapsed = performance.now() - start;
  const { lines, ok } = summarise({ rules, elapsed, firstTuple, alerts: relative('', alerts), processes });
  for (const line of lines) view.say(line);
  return ok;
}

interface Shown {
  readonly rules: readonly Rule[];
  readonly alerts: string;
  readonly runFor: number;
  readonly interrupted: Promise<unknown>;
}

/** Resolves when the time is over, or somebody has had enough, or every rule has ended. */
async function show(view: LiveView, { rules, alerts, runFor, interrupted }: Shown): Promise<void> {
  const start = performance.now();
  const frame = (): void => view.show({ rules, alerts: alertsIn(alerts), elapsed: performance.now() - start, runFor });
  const over = race(timer(runFor), interrupted, Promise.all(rules.map(({ done }) => done)));
  await new Promise<void>((resolve) => {
    interval(view.interval).pipe(takeUntil(over)).subscribe({ next: frame, complete: resolve });
  });
  frame();
  view.end();
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(HELP);
  else process.exitCode = (await main(options)) ? 0 : 1;
} catch (error) {
  if (error instanceof RxportError) process.stderr.write(`${error.code}: ${error.message}\n`);
  else process.stderr.write(`${(error as Error).message}\nTry: npm start -- --help\n`);
  process.exitCode = 2;
}
