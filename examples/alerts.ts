import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { existsSync, readFileSync } from 'node:fs';

/** A line of the file that the rules of `watch.ts` write. */
const Alert = t.type({ at_ms: t.number, measure: t.string, value: t.number, z: t.number });
type Alert = t.TypeOf<typeof Alert>;

/** The alerts in the file, each as a line of text. A last line that is only half there waits for its rest. */
export function alertsIn(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines
    .map((line) => Alert.decode(JSON.parse(line)))
    .flatMap((alert) => (isRight(alert) ? [show(alert.right)] : []));
}

const DAY = 24 * 60 * 60 * 1_000;

function show({ at_ms, measure, value, z }: Alert): string {
  const iso = new Date(at_ms).toISOString();
  const when = Date.now() - at_ms < DAY ? iso.slice(11, 19) : iso.slice(0, 10);
  return `${when.padEnd(11)} ${measure.padEnd(12)} ${value.toFixed(1).padStart(7)}   z ${z < 0 ? '' : '+'}${z.toFixed(2)}`;
}
