/**
 * Runs `spec/long/*.long.ts`, what takes too long for `npm test`: all, or those whose name holds one of the arguments.
 * Shorter: `npm run test:long -- cycles --cycles=300`, `npm run test:long -- chaos --for=60`.
 */
import { runBundled } from './bundled.mjs';

await runBundled('long', process.argv.slice(2));
