/** What a service answers, as far as the command line reads it; whatever else is in there is passed on. */
import * as t from 'io-ts';

const strings = t.readonlyArray(t.string);

export const PluginEntry = t.intersection([
  t.type({ name: t.string }),
  t.partial({
    version: t.string,
    language: t.string,
    executable: t.string,
    sources: strings,
    sinks: strings,
    functions: strings,
  }),
]);
export type PluginEntry = Readonly<t.TypeOf<typeof PluginEntry>>;
export const PluginEntries = t.readonlyArray(PluginEntry);

const Trouble = t.partial({ at: t.number, code: t.string, message: t.string });

const gaps = t.readonlyArray(t.partial({ gap: t.number, queued: t.number }));

const LastUpdate = t.partial({
  at: t.number,
  from: t.string,
  to: t.string,
  strategy: t.string,
  took: t.number,
  sources: gaps,
  sinks: gaps,
  functions: t.readonlyArray(t.partial({ drained: t.number })),
});
export type LastUpdate = Readonly<t.TypeOf<typeof LastUpdate>>;

export const PluginStatus = t.intersection([
  t.type({ refCount: t.record(t.string, t.number), status: t.string, errMsg: t.string }),
  t.partial({
    pid: t.union([t.number, t.null]),
    restarts: t.number,
    symbols: t.readonlyArray(t.partial({ kind: t.string, symbol: t.string, ruleId: t.string })),
    lastErrors: t.readonlyArray(Trouble),
    lastUpdate: t.union([LastUpdate, t.null]),
  }),
]);
export type PluginStatus = Readonly<t.TypeOf<typeof PluginStatus>>;

export const LogLine = t.type({ at: t.number, stream: t.string, text: t.string });
export type LogLine = Readonly<t.TypeOf<typeof LogLine>>;
export const LogLines = t.readonlyArray(LogLine);

/** How much was not sent, because it was not read fast enough. */
export const Count = t.type({ count: t.number });

const Reason = t.union([t.string, Trouble]);

export const RuleEntry = t.intersection([
  t.type({ id: t.string, status: t.string }),
  t.partial({ since: t.number, file: t.string, error: Reason }),
]);
export type RuleEntry = Readonly<t.TypeOf<typeof RuleEntry>>;
export const RuleEntries = t.readonlyArray(RuleEntry);

export const RuleState = t.intersection([
  t.type({ status: t.string }),
  t.partial({ since: t.number, on: strings, attempt: t.number, nextTry: t.number, error: Reason }),
]);
export type RuleState = Readonly<t.TypeOf<typeof RuleState>>;

const counts = t.record(t.string, t.number);

export const LedgerAnswer = t.type({
  balanced: t.boolean,
  stages: t.record(
    t.string,
    t.intersection([
      t.type({ received: t.number, passed: t.number, dropped: counts, failed: counts, inFlight: t.number }),
      t.partial({ restarts: t.number, pauses: t.number, peak: t.number }),
    ]),
  ),
});
export type LedgerAnswer = Readonly<t.TypeOf<typeof LedgerAnswer>>;

/** What a service says when it refuses: as eKuiper has it, our code, our reason where that says more, and facts. */
export const Refusal = t.intersection([
  t.type({ message: t.string }),
  t.partial({ code: t.string, reason: t.string, details: t.UnknownRecord }),
]);
export type Refusal = Readonly<t.TypeOf<typeof Refusal>>;

/** The text of what is wrong with a rule, however it is told. */
export const reasonText = (reason: t.TypeOf<typeof Reason> | undefined): string | undefined =>
  typeof reason === 'string' ? reason : reason?.message;

/** `invalid name thermo: duplicate; plugin thermo is installed already in …` */
export const refusalText = ({ message, reason }: Refusal): string =>
  reason === undefined || reason === '' || message.includes(reason) ? message : `${message}; ${reason}`;
