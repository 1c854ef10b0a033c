import { expect, it } from '@jest/globals';
import { lineLogger } from '../../lib/devserver/line-logger.js';
import { toldCommand } from '../../lib/devserver/told-command.js';
import type { Command, Ended } from '../../lib/install/command.js';
import { HandClock } from '../helpers/hand-clock.js';

const command: Command = { name: 'thermo', file: '/usr/bin/python3', args: ['-m', 'pip'], cwd: '/' };
const ended: Ended = { end: 'exited', code: 0, signal: null, output: [] };

it.each([
  ['a quick step is not told of', 999, []],
  ['a step that takes a second is', 1_000, ['00:00:01.000 plugin thermo has to wait for: python3 -m pip\n']],
])('%s', async (_, ms, expected) => {
  const clock = new HandClock();
  const lines: string[] = [];
  let end: (value: Ended) => void = () => undefined;
  const run = toldCommand(
    () => new Promise((resolve) => (end = resolve)),
    clock,
    lineLogger(clock, (line) => lines.push(line)),
  );
  const running = run(command, { timeout: 10_000 });
  clock.advance(ms);
  end(ended);
  expect(await running).toBe(ended);
  clock.advance(10_000);
  expect(lines).toEqual(expected);
});
