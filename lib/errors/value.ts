import { make, type RxportError } from './rxport-error.js';

export const nameInvalid = (what: string, name: string): RxportError =>
  make(
    'ERR_NAME_INVALID',
    `${what} name ${JSON.stringify(name)} is not allowed: use 1 to 64 letters, digits, "_", "-" or ".", not starting with a dot`,
    { what, name },
  );

export const configInvalid = (where: string, problems: readonly string[]): RxportError =>
  make('ERR_CONFIG_INVALID', `${where}: ${problems.join('; ')}`, { where, problems });

/** An operator was given an option it can not work with. */
export const operatorOption = (operator: string, problem: string): RxportError =>
  make('ERR_OPERATOR_OPTION', `${operator}: ${problem}`, { operator });

/** An operator reached one of its bounds. */
export const operatorBound = (operator: string, problem: string, details = {}): RxportError =>
  make('ERR_OPERATOR_BOUND', `${operator}: ${problem}`, { operator, ...details });

export const projectTimeout = (operator: string, timeout: number): RxportError =>
  make(
    'ERR_PROJECT_TIMEOUT',
    `${operator}: its project gave nothing within ${timeout} ms: raise timeout, or mend what it waits for`,
    { operator, timeout },
  );

export const stageStalled = (operator: string, held: number, silence: number): RxportError =>
  make(
    'ERR_STAGE_STALLED',
    `${operator} holds ${held} values and has emitted none for ${silence} ms: does its operator emit one value for each?`,
    { operator, held, silence },
  );

export const sourcesHeld = (operator: string, held: number, silence: number): RxportError =>
  make(
    'ERR_STAGE_STALLED',
    `${operator} holds ${held} values, the sources of the rule wait for it, and nothing has come of any for ${silence} ms: ` +
      'it waits for something slow, or for another source of this rule, which is held back as well: then give it high: Infinity',
    { operator, held, silence },
  );

export const valueInvalid = (where: string, problems: readonly string[]): RxportError =>
  make('ERR_VALUE_INVALID', `${where}: ${problems.join('; ')}`, { where, problems });
