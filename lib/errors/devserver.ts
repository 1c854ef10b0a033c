import { make, type RxportError } from './rxport-error.js';

/** `where` is the request, `POST /symbol/start`; `problems` name its fields. */
export const askedWrongly = (where: string, problems: readonly string[]): RxportError =>
  make('ERR_REQUEST_INVALID', `${where}: ${problems.join('; ')}`, { where, problems });

/** `what` as in `source pyjson`; `as` is its meta in words. */
export const symbolStarted = (what: string, as: string, wanted = what): RxportError =>
  make(
    'ERR_SYMBOL_STARTED',
    what === wanted
      ? `${what} is started already${as}: stop it first, or give another meta`
      : `${what} has the addresses${as}: give ${wanted} another meta, {"opId":"op2"} say`,
    { what, wanted },
  );

export const symbolNotStarted = (what: string, running: readonly string[]): RxportError =>
  make(
    'ERR_SYMBOL_NOT_STARTED',
    `${what} is not started: POST /symbol/start first; ` +
      (running.length === 0 ? 'nothing runs' : `what runs is ${running.join(', ')}`),
    { what, running },
  );

/** `how` it is started. */
export const pluginAwaited = (name: string, how: string): RxportError =>
  make('ERR_PLUGIN_HANDSHAKE', `plugin ${name} has not shaken hands: ${how}`, { name });

export const sendTimeout = (symbol: string, timeout: number): RxportError =>
  make(
    'ERR_SEND_TIMEOUT',
    `sink ${symbol} has not taken the value within ${timeout} ms: it waits, and goes out when the plugin reads again`,
    { symbol, timeout },
  );
