import { fileURLToPath } from 'node:url';

/** `/rules/overheat.ts:4:26`: the first frame of a stack that is the user's; `own` is the folder of rxport. */
export function placeIn(stack: string, own: string): string | undefined {
  for (const line of stack.split('\n', FRAMES)) {
    const place = FRAME.exec(line)?.[1];
    if (place === undefined || place.includes('/node_modules/')) continue;
    const path = place.startsWith('file:') ? fileURLToPath(place) : place;
    if (!path.startsWith(own)) return path;
  }
  return undefined;
}

/** Whoever throws may have made its stack. */
const FRAMES = 100;

/** `at go (/a.ts:1:2)`, `at async /a.ts:1:2`, `at file:///a.mjs:1:2`; not `at node:internal/timers:1:2`. */
const FRAME = /^\s*at (?:.*\(|async )?((?:file:\/\/)?\/[^()]*:\d+:\d+)\)?$/;
