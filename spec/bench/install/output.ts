import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What a child has printed when it has ended; rejects when it has failed. */
export async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`it ended with code ${code}`);
  return output;
}
