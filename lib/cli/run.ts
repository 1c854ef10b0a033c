import { dateOf, systemClock, ticks } from '../clock.js';
import type { RxportError } from '../errors.js';
import { isFinal } from '../rule/status.js';
import type { Service } from '../service/service.js';
import type { RuleView } from '../service/service-rules.js';
import { exitCode, givingUp, tellFailure } from './failure.js';
import { type HostFlags, hostOptions } from './host-flags.js';
import { isAbort } from './is-abort.js';
import { lineLogger } from './line-logger.js';
import { liveView, type LiveView } from './live-view.js';
import { checkRunnable } from './rule-places.js';
import { ledgerLines } from './rule/rules.js';
import type { CommonOptions, Shell } from './shell.js';
import { withStrays } from './stray-errors.js';
import { untilEnded } from './until-ended.js';

type RunOptions = CommonOptions & HostFlags;

/** Milliseconds between two looks at the rules. */
const LOOK = 250;

/**
 * The rules of a file, in a host of this process, until all have ended. Ctrl-C stops them with flush. The exit code is that
 * of a rule that has failed, and 1 when something was thrown that nobody handled: a script has to see that.
 */
export async function run(shell: Shell, options: RunOptions, file: string): Promise<number> {
  await checkRunnable(file);
  const { out, err } = shell;
  const { json = false, logLevel = 'warn' } = options;
  const view = json ? undefined : liveView(out);
  // On a terminal a line of the log would tear the frame.
  const say = (text = ''): void => (view !== undefined && out.isTTY ? view.say(text) : err.line(text));
  const settings = hostOptions(shell, options);
  const logger = err.isTTY ? lineLogger(logLevel, { line: say, paint: err.paint }) : settings.logger;
  const owned = { log: logger, clock: systemClock, giveUp: givingUp(shell, options) };
  const { value, fatal, first } = await withStrays(owned, async (strays) => {
    const ended = AbortSignal.any([shell.signal, strays.fatal]);
    const impatience = AbortSignal.any([shell.impatience, strays.late]);
    const { Service } = await import('../service/service.js');
    const starting = Service.start({ ...settings, logger, rules: [file], signal: ended });
    const service = await starting.catch((error: unknown) => {
      if (!ended.aborted || !isAbort(error)) throw error;
      return undefined;
    });
    // Ctrl-C is how it ends, wherever it is.
    if (service === undefined) return [];
    try {
      await watch(service, view, ended);
    } finally {
      await service.stop({ signal: impatience });
    }
    return service.rules.list();
  });
  view?.show(value, dateOf(systemClock));
  const failed = value.map((rule) => rule.error).find((error) => error !== undefined);
  return summary(shell, value, json, fatal ?? failed ?? first);
}

/** Until every rule has ended, or somebody has had enough. */
async function watch({ rules }: Service, view: LiveView | undefined, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  const look = (): void => {
    const all = rules.list();
    view?.show(all, dateOf(systemClock));
    if (all.every(({ status }) => isFinal(status))) ended.abort();
  };
  look();
  const frames = ticks(systemClock, LOOK).subscribe(look);
  try {
    await untilEnded(AbortSignal.any([signal, ended.signal]));
  } finally {
    frames.unsubscribe();
  }
}

function summary(
  { out, err }: Shell,
  rules: readonly RuleView[],
  json: boolean,
  error: RxportError | undefined,
): number {
  if (json) {
    out.line(JSON.stringify(rules.map(told), null, 2));
  } else {
    const ran = rules.filter((rule) => Object.keys(rule.ledger().stages).length > 0);
    for (const rule of ran) for (const line of ['', rule.id, ...ledgerLines(rule.ledger(), { out })]) out.line(line);
  }
  if (error === undefined) return 0;
  tellFailure(err, error, json);
  return exitCode(error);
}

/** As a service tells a rule over REST. */
function told(rule: RuleView): object {
  const { id, error } = rule;
  const { phase, ...rest } = rule.status;
  return {
    id,
    status: phase,
    ...rest,
    ...(error !== undefined && { error: { code: error.code, message: error.message } }),
    ledger: rule.ledger(),
  };
}
