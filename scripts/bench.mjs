/**
 * Runs `spec/bench/*.bench.ts`, all or those whose name holds one of the arguments: `npm run bench -- source`. Options
 * go to the benchmarks, with `=` before their value: `npm run bench -- source --rounds=9 --json`.
 */
import { runBundled } from './bundled.mjs';

await runBundled('bench', process.argv.slice(2));
