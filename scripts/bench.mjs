/**
 * Runs `spec/bench/*.bench.ts`, all or those whose name holds one of the arguments: `npm run bench -- source`. Options
 * go to the benchmarks, with `=` before their value: `npm run bench -- source --rounds=9 --json`.
 *
 * Each runs in a process of its own and leaves its findings in `.cache/bench/findings/`; the report over all comes last.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { bundleProgram, programs, runProgram, sorted } from './bundled.mjs';
import { bundlePlugin } from './setup/bundle.mjs';
import { root } from './setup/step.mjs';

const { flags, words } = sorted(process.argv.slice(2));
const folder = `${root}.cache/bench/findings`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const report = await bundleProgram('bench', 'report');
// What the benchmarks start: a plugin over our SDK, a gRPC server, a host that weighs itself, an installer.
await bundlePlugin(`${root}spec/bench/programs/load.ts`, `${root}.cache/bench/load.mjs`);
for (const name of ['grpc-peer', 'resident', 'installer']) await bundleProgram('bench', `programs/${name}`);

/** From the parts to the whole; what is not named here comes after. */
const order = [
  'source',
  'sink',
  'function',
  'batch',
  'replicas',
  'rules',
  'pressure',
  'idle',
  'memory',
  'start',
  'install',
  'rest',
].map((name) => `${name}.bench`);
const rank = (name) => (order.includes(name) ? order.indexOf(name) : order.length);

const found = [];
for (const name of programs('bench', words).sort((a, b) => rank(a) - rank(b))) {
  const to = `${folder}/${name}.json`;
  runProgram(await bundleProgram('bench', name), [...flags, `--to=${to}`]);
  if (existsSync(to)) found.push(to);
}
const format = flags.filter((flag) => flag === '--json' || flag === '--markdown');
if (found.length > 0) runProgram(report, [...format, ...found]);
