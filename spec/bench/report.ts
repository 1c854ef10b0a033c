/**
 * Prints what the benchmarks have found: one table over all as text, every table as markdown, or one JSON document.
 *
 *   node .cache/bench/report.mjs [--markdown | --json] FINDINGS…
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machineText } from './machine.js';
import { markdownOf } from './markdown.js';
import type { Findings } from './result.js';
import { summaryOf, tablesOf } from './rows.js';
import { textOf } from './text.js';

const { values, positionals } = parseArgs({
  options: { markdown: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const findings = positionals.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Findings);
const summary = summaryOf(findings);
const [first] = findings;

if (first === undefined) throw new Error('nothing was measured');
if (values.json) console.log(JSON.stringify(findings));
else if (values.markdown) {
  const { settings, machine } = first;
  const rounds = `${settings.rounds} rounds of ${settings.seconds} s${settings.quick ? ', short mode' : ''}`;
  console.log(`Measured on ${machine.date}: ${machineText(machine)}; ${rounds}.\n`);
  const tables = findings.flatMap(({ name, results }) => tablesOf(name, results));
  for (const table of summary.rows.length > 0 ? [summary, ...tables] : tables) console.log(markdownOf(table));
} else if (summary.rows.length > 0) console.log(textOf(summary));
