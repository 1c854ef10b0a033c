/** A copy of the scripted plugin that writes `lines` lines to stderr when it starts, and one more for each SIGUSR2. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptedPlugin } from './scripted-plugin.js';

export function talkativePlugin(lines: number): string {
  const { dir } = scriptedPlugin({ executable: 'talk.mjs' });
  writeFileSync(
    join(dir, 'talk.mjs'),
    `for (let line = 0; line < ${lines}; line += 1) process.stderr.write('line ' + line + '\\n');
     process.on('SIGUSR2', () => process.stderr.write('one more\\n'));
     await import('./main.mjs');`,
  );
  return dir;
}
