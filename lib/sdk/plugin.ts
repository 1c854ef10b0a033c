import { type Clock, systemClock } from '../clock.js';
import { checkDefinition, type PluginDefinition } from './definition.js';
import { PluginProcess } from './plugin-process.js';

/** A running plugin. */
export interface PluginHandle {
  /**
   * Resolves when everything is stopped, whoever wanted that. The process ends a turn of the event loop later: what is done
   * at once then is done, what has to be waited for belongs into `complete` of a sink.
   */
  readonly closed: Promise<void>;
  /** Stops everything in order: sources, sinks with what they have taken, functions. The process goes on. */
  close(): Promise<void>;
}

/** For specs: what a plugin otherwise takes from its process. */
export interface PluginInternals {
  readonly argument?: string;
  readonly ipcDir?: string;
  readonly clock?: Clock;
  readonly write?: (line: string) => void;
  readonly exit?: (code: number) => void;
}

/**
 * Serves sources, functions and sinks as a plugin: the last line of its main program. The process belongs to the host
 * from then on: it ends with SIGTERM (exit 0) and with the host (exit 1), and at once when there is no host (exit 2).
 *
 * ```ts
 * import { plugin } from 'rxport/sdk';
 * import { interval, map } from 'rxjs';
 *
 * plugin({
 *   name: 'mirror',
 *   sources: { count: ({ config }) => interval(Number(config.interval)).pipe(map((i) => ({ i }))) },
 *   functions: { celsius: (kelvin: number) => kelvin - 273.15 },
 *   sinks: { print: ({ log }) => (value) => log.info(JSON.stringify(value)) },
 * });
 * ```
 *
 * Runs under rxport and, with `"language": "go"` in its manifest and the file executable, under a stock eKuiper; there
 * the values of sources must be objects.
 *
 * Throws `ERR_NAME_INVALID` and `ERR_CONFIG_INVALID`, and nothing that an author's symbol throws.
 */
export function plugin(definition: PluginDefinition, internals: PluginInternals = {}): PluginHandle {
  const symbols = checkDefinition(definition);
  const life = new PluginProcess(definition.name, symbols, {
    argument: internals.argument ?? process.argv[2],
    ipcDir: internals.ipcDir,
    clock: internals.clock ?? systemClock,
    write: internals.write ?? writeToStderr(),
    // The one place that ends the process.
    exit: internals.exit ?? ((code) => process.exit(code)),
  });
  void life.run();
  return { closed: life.closed, close: () => life.close() };
}

function writeToStderr(): (line: string) => void {
  // The reader of stderr dies with the host, and a plugin is to end in order then.
  process.stderr.on('error', () => undefined);
  return (line) => process.stderr.write(line);
}
