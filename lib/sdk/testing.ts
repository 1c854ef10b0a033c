/**
 * Runs the symbols of a plugin without a host, by the code that runs them under one:
 * `import { testSource } from 'rxport/sdk/testing'`.
 *
 * @packageDocumentation
 */
import { Observable, type Subscriber } from 'rxjs';
import { systemClock } from '../clock.js';
import { callFailed, callInvalid, sourceReported } from '../errors.js';
import { decodeAck } from '../wire/ack.js';
import type { Control } from '../wire/control.js';
import { decodeReply, encodeExec, encodeIsAggregate, encodeValidate } from '../wire/function.js';
import { decodeSourceFrame } from '../wire/source.js';
import { Collector } from './collector.js';
import { sinkContext } from './context.js';
import type { PluginFunction } from './function.js';
import { FunctionRun } from './function-run.js';
import type { Sink } from './sink.js';
import type { Source } from './source.js';
import { SourceRun } from './source-run.js';
import { type PluginLog, stderrLog } from './stderr-log.js';

/** What a host would say at START; everything has a default. */
export interface TestContext {
  readonly symbol?: string;
  readonly ruleId?: string;
  readonly dataSource?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Default: lines on stderr. */
  readonly log?: PluginLog;
}

/** A value of a source as a rule gets it. */
export interface TestTuple {
  readonly message: unknown;
  readonly meta: Readonly<Record<string, unknown>>;
}

/**
 * What a source emits, after the way through JSON. Cold; unsubscribing is a STOP.
 *
 * Errors when the source can not be opened or fails, and with `ERR_SOURCE_REPORTED` also for what a host would only be
 * told of: a value that JSON can not hold.
 *
 * ```ts
 * const [first] = await lastValueFrom(testSource(random, { config: { seed: 1, count: 3 } }).pipe(toArray()));
 * expect(first.message).toEqual({ i: 0, value: expect.any(Number) });
 * ```
 */
export const testSource = (source: Source, context: TestContext = {}): Observable<TestTuple> =>
  new Observable((subscriber) => {
    const control = controlOf('source', context);
    try {
      const pipe = testPipe(control.symbolName, subscriber, () => run.closed());
      const host = { stock: false, complete: true, batch: false };
      const run: SourceRun = new SourceRun(source, control, pipe, { clock: systemClock, host, log: logOf(context) });
      subscriber.add(() => void run.stop());
      run.begin();
    } catch (error) {
      subscriber.error(error);
    }
  });

/** A function as its callers see it. */
export interface TestFunction {
  /** Rejects with `ERR_CALL_FAILED` when the function throws, or answers what JSON can not hold. */
  exec(...args: readonly unknown[]): Promise<unknown>;
  /** What a rule does with its arguments when it starts. Rejects with `ERR_CALL_INVALID` when the function refuses them. */
  validate(...args: readonly unknown[]): Promise<void>;
  isAggregate(): Promise<boolean>;
}

/**
 * ```ts
 * expect(await testFunction(celsius).exec(273.15)).toBe(0);
 * ```
 */
export function testFunction(definition: PluginFunction, context: TestContext = {}): TestFunction {
  const { symbolName, meta } = controlOf('func', context);
  const run = new FunctionRun(definition, symbolName, { clock: systemClock, log: logOf(context) });
  const caller = JSON.stringify({ ...meta, funcId: 0 });
  const inTurn = turns();
  const ask = async (request: string) => {
    const reply = await inTurn(() => run.answer(request));
    const decoded = decodeReply(Buffer.from(reply), symbolName);
    if (decoded.type === 'invalid') throw decoded.error;
    return decoded;
  };
  return {
    async exec(...args) {
      const { type, result } = await ask(encodeExec(args, caller));
      if (type === 'failed') throw callFailed(symbolName, result);
      return result;
    },
    async validate(...args) {
      const { type, result } = await ask(encodeValidate(args));
      if (type === 'failed') throw callInvalid(symbolName, result);
    },
    isAggregate: async () => (await ask(encodeIsAggregate())).result === true,
  };
}

/** What a host hears of a value: nothing, or why the sink did not take it. */
export interface TestAck {
  readonly error?: string;
}

/** A sink as a rule sees it. */
export interface TestSink {
  /** Sends a value as JSON, a `Uint8Array` as bytes; resolves when the sink is through with it. */
  send(value: unknown): Promise<TestAck>;
  /** A STOP, after all that was sent. */
  complete(): Promise<void>;
}

/**
 * ```ts
 * const sink = testSink(file, { config: { path } });
 * expect(await sink.send({ i: 1 })).toEqual({});
 * await sink.complete();
 * ```
 *
 * Throws what the factory of the sink throws; what an async one rejects with, `send` and `complete` do.
 */
export function testSink(sink: Sink, context: TestContext = {}): TestSink {
  const inTurn = turns();
  const opening = Collector.open(sink, sinkContext(controlOf('sink', context), logOf(context)));
  // Told by what is asked of it then.
  void inTurn(() => opening).catch(() => undefined);
  return {
    async send(value) {
      const payload = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(JSON.stringify(value));
      const error = decodeAck(
        Buffer.from(
          await inTurn(async () => (await opening).collect({ text: () => payload.toString(), bytes: () => payload })),
        ),
      );
      return error === undefined ? {} : { error };
    },
    complete: () => inTurn(async () => (await opening).complete()),
  };
}

/** A pipe whose other end is a subscriber. */
function testPipe(symbol: string, subscriber: Subscriber<TestTuple>, closed: () => void) {
  let open = true;
  const close = (): void => {
    open = false;
    closed();
  };
  return {
    get open() {
      return open && !subscriber.closed;
    },
    send(body: string | Uint8Array): boolean {
      const frame = decodeSourceFrame(Buffer.from(body), symbol);
      if (frame.type === 'tuple') subscriber.next({ message: frame.message, meta: frame.meta });
      else if (frame.type === 'complete') subscriber.complete();
      else subscriber.error(frame.type === 'error' ? sourceReported(symbol, frame.text) : frame.error);
      return true;
    },
    end: close,
    destroy: close,
  };
}

/** Runs work one piece after another, as a channel does. */
function turns(): <T>(work: () => T | Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}

function controlOf(pluginType: Control['pluginType'], context: TestContext): Control {
  const { symbol = 'test', ruleId = 'test', dataSource, config = {} } = context;
  const control: Control = { symbolName: symbol, meta: { ruleId, opId: 'test', instanceId: 0 }, pluginType, config };
  return dataSource === undefined ? control : { ...control, dataSource };
}

const logOf = ({ log }: TestContext): PluginLog => log ?? stderrLog((line) => process.stderr.write(line));
