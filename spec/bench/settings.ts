import { parseArgs } from 'node:util';

export interface Settings {
  readonly rounds: number;
  readonly seconds: number;
  /** Fewer sizes, fewer and shorter rounds, no wait for a quiet moment: to see that all of it works. */
  readonly quick: boolean;
  /** Only variants whose name holds this text. */
  readonly only: string;
  /** Only cases whose title holds this text. */
  readonly case: string;
  /** A table when a benchmark is done; otherwise all is left to the report. */
  readonly text: boolean;
  /** File for the findings. */
  readonly to: string | undefined;
}

const options = {
  json: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  only: { type: 'string', default: '' },
  case: { type: 'string', default: '' },
  to: { type: 'string' },
} as const;

/** From the command line. Throws on what it does not know. */
export function readSettings(): Settings {
  const { json, markdown, quick, rounds, seconds, only, to, case: title } = parseArgs({ options }).values;
  return {
    quick,
    rounds: positive('rounds', rounds ?? (quick ? '2' : '5')),
    seconds: positive('seconds', seconds ?? (quick ? '0.2' : '0.5')),
    only,
    case: title,
    text: !json && !markdown,
    to,
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} takes a number above 0, not "${text}"`);
  return number;
}
