import { make, reasonOf, type RxportError, showJson } from './rxport-error.js';

export const commandTimeout = (plugin: string, verb: string, symbol: string, timeout: number): RxportError =>
  make(
    'ERR_COMMAND_TIMEOUT',
    `plugin ${plugin} did not answer ${verb} ${symbol} within ${timeout} ms: its log may say why`,
    {
      plugin,
      verb,
      symbol,
      timeout,
    },
  );

export const commandLost = (plugin: string): RxportError =>
  make('ERR_COMMAND_LOST', `plugin ${plugin} went away before it answered: its log may say why`, {
    plugin,
  });

export const symbolRefused = (plugin: string, verb: string, symbol: string, text: string): RxportError =>
  make('ERR_SYMBOL_REFUSED', `plugin ${plugin} refused to ${verb} ${symbol}: ${text}`, { plugin, verb, symbol, text });

export const symbolDied = (plugin: string, symbol: string, times: number): RxportError =>
  make(
    'ERR_SYMBOL_DIED',
    `${symbol} has ended ${times} times in a row in the living process of plugin ${plugin}, which is restarted: its log may say why`,
    {
      plugin,
      symbol,
      times,
    },
  );

export const symbolNotConnected = (plugin: string, symbol: string, timeout: number): RxportError =>
  make('ERR_CHANNEL_DIAL', `plugin ${plugin} has started ${symbol}, and has not connected to it within ${timeout} ms`, {
    plugin,
    symbol,
    timeout,
  });

export const callTimeout = (symbol: string, timeout: number): RxportError =>
  make(
    'ERR_CALL_TIMEOUT',
    `function ${symbol} did not answer within ${timeout} ms: raise timeout, or give it replicas`,
    { symbol, timeout },
  );

export const callNotTaken = (symbol: string, patience: number): RxportError =>
  make(
    'ERR_CALL_TIMEOUT',
    `function ${symbol}: no process has taken the call within ${patience} ms: does its plugin run, and is it quick enough?`,
    { symbol, patience },
  );

export const callsUnanswered = (symbol: string, most: number): RxportError =>
  make(
    'ERR_QUEUE_OVERFLOW',
    `function ${symbol}: ${most} calls from outside of rules have no answer yet: wait for some of them first`,
    { symbol, most },
  );

export const callStuck = (symbol: string, silence: number): RxportError =>
  make('ERR_CALL_TIMEOUT', `function ${symbol} has answered nothing for ${silence} ms while calls wait for it`, {
    symbol,
    silence,
  });

export const callLost = (symbol: string): RxportError =>
  make(
    'ERR_CALL_LOST',
    `function ${symbol}: its process ended, or closed its connection, while the call was out: the log of its plugin says why`,
    { symbol },
  );

export const callFailed = (symbol: string, result: unknown): RxportError =>
  make('ERR_CALL_FAILED', `function ${symbol} failed: ${typeof result === 'string' ? result : showJson(result)}`, {
    symbol,
    result,
  });

export const callInvalid = (symbol: string, result: unknown): RxportError =>
  make(
    'ERR_CALL_INVALID',
    `function ${symbol} refuses these arguments: ${typeof result === 'string' ? result : showJson(result)}`,
    { symbol, result },
  );

export const sourceReported = (symbol: string, text: string): RxportError =>
  make('ERR_SOURCE_REPORTED', `source ${symbol} reports: ${text}`, { symbol, text });

export const queueOverflow = (where: string, size: number): RxportError =>
  make(
    'ERR_QUEUE_OVERFLOW',
    `${where}: its queue of ${size} is full and its policy is "error": take a larger one, or a policy that drops`,
    { where, size },
  );

export const sinkShared = (symbol: string): RxportError =>
  make('ERR_SINK_SHARED', `sink ${symbol} has a stream already: use merge for one sink, or two sinks`, { symbol });

export const sinkEncode = (symbol: string, cause: unknown): RxportError =>
  make('ERR_SINK_ENCODE', `sink ${symbol}: a value can not be written as JSON: ${reasonOf(cause)}`, { symbol }, cause);

export const sinkEmpty = (symbol: string): RxportError =>
  make('ERR_SINK_ENCODE', `sink ${symbol}: the Python SDK can not receive an empty payload: filter it out before`, {
    symbol,
  });

export const sinkAck = (symbol: string, text: string): RxportError =>
  make('ERR_SINK_ACK', `sink ${symbol} did not take a value: ${text}`, { symbol, text });

export const sinkAckFatal = (symbol: string, times: number): RxportError =>
  make(
    'ERR_SINK_ACK',
    `sink ${symbol} has ended ${times} times in a row while it had this value: its log may say why`,
    {
      symbol,
      times,
    },
  );

export const sinkAckTimeout = (symbol: string, timeout: number): RxportError =>
  make(
    'ERR_SINK_ACK_TIMEOUT',
    `sink ${symbol} never acknowledged within ${timeout} ms; sinks of the Go SDK do not acknowledge at all: leave out requireAck`,
    { symbol, timeout },
  );
