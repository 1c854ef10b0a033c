import type { ErrorCode, RxportError } from '../errors.js';
import type { Instance, Runner } from './instance.js';

/** An instance, and where it stands. */
export interface Entry {
  readonly instance: Instance;
  /** Counts STARTs, so that a late answer to an old one means nothing. */
  epoch: number;
  /** The process that was sent START; undefined while none was. */
  runner: Runner | undefined;
  /** That process has refused it: it runs nowhere, and an update has nothing to take over. */
  refused: boolean;
  /** Those whose process has accepted START since it came: more than one while two versions live. */
  readonly accepted: Set<Runner>;
  /** Settles when it has changed processes; rejects with nothing. */
  moving: Promise<unknown> | undefined;
  /** While it changes processes: it is stopped, and where it is to start has not come. */
  parked: boolean;
}

export const newEntry = (instance: Instance): Entry => ({
  instance,
  epoch: 0,
  runner: undefined,
  refused: false,
  accepted: new Set(),
  moving: undefined,
  parked: false,
});

/** It runs nowhere, and that process has not refused it. */
export const waitsFor = (process: Runner, { runner, refused, moving }: Entry): boolean =>
  moving === undefined && (runner === undefined || (refused && runner !== process));

const REPLAYED: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ERR_COMMAND_LOST', 'ERR_COMMAND_TIMEOUT']);

/** A START that was lost with its process goes to the next one. */
export const isReplayed = ({ code }: RxportError): boolean => REPLAYED.has(code);

/** False for a command that was lost with its process; one that was refused has been answered. Never rejects. */
export const isAnswered = (command: Promise<void>): Promise<boolean> =>
  command.then(
    () => true,
    (error: RxportError) => !isReplayed(error),
  );
