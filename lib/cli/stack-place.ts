import { fileURLToPath } from 'node:url';

/** `/rules/overheat.ts:4:26`: the first frame of a stack that is the user's; `own` is the folder of rxport. */
export function placeIn(stack: string, own: string): string | undefined {
  for (const line of stack.split('\n', FRAMES)) {
    const place = FRAME.exec(line)?.[1];
    if (place === undefined || place.includes('/node_modules/')) continue;
    const path = place.startsWith('file:') ? pathOf(place) : place;
    if (!path.startsWith(own)) return path;
  }
  return undefined;
}

/** Whoever has made the stack may have made up the address. */
function pathOf(address: string): string {
  try {
    return fileURLToPath(address);
  } catch {
    return address;
  }
}

/** Whoever throws may have made its stack. */
const FRAMES = 100;

/** `at go (/a.ts:1:2)`, `at async /a.ts:1:2`, `at file:///a.mjs:1:2`; not `at node:internal/timers:1:2`. */
const FRAME = /^\s*at (?:.*\(|async )?((?:file:\/\/)?\/[^()]*:\d+:\d+)\)?$/;
