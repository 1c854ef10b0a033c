/** Puts the answer of a command out: lines for people, JSON for programs. */
import type { CommonOptions, Shell } from './shell.js';

export function show(
  { out }: Shell,
  { json = false }: CommonOptions,
  value: unknown,
  lines: () => readonly string[],
): void {
  if (json) out.line(JSON.stringify(value, null, 2));
  else for (const line of lines()) out.line(line);
}
