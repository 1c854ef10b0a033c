import { expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { startProgram } from './helpers/program.js';
import { scriptedPlugin } from './helpers/scripted-plugin.js';
import { tempFolder } from './helpers/unique.js';

it('plugins find their host, and sockets are found after a kill, though TMPDIR is relative', async () => {
  const [temp, data] = [tempFolder(), tempFolder()];
  const { dir, symbol } = scriptedPlugin();
  const left: string[] = [];
  for (let i = 0; i < 2; i += 1) {
    const program = await startProgram('relative-temp', temp, data, dir, symbol('echo'));
    left.push((await program.line()) as string);
    expect(await program.line()).toMatchObject({ result: 7 });
    await program.ended;
  }
  expect(left.map(dirname)).toEqual([temp, temp]);
  expect(left.map(existsSync)).toEqual([false, true]);
});
