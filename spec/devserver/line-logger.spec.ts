import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { lineLogger } from '../../lib/devserver/line-logger.js';

describe('a line of the test server', () => {
  it.each([
    ['has the time in front', {}, 'hello', '00:00:00.000 hello'],
    ['has the stream of what a plugin prints', { stream: 'stderr' }, 'hello', '00:00:00.000 stderr | hello'],
    [
      'takes nothing to a terminal that it would act on',
      {},
      'a\u001b[2Jb\u001b]0;title\u0007c\rd',
      '00:00:00.000 abcd',
    ],
    ['keeps the lines of a traceback', {}, 'boom\n\tat main.py', '00:00:00.000 boom\n\tat main.py'],
  ])('%s', (_, fields, text, expected) => {
    const lines: string[] = [];
    lineLogger(new VirtualTimeScheduler(), (line) => lines.push(line)).info(fields, text);
    expect(lines).toEqual([`${expected}\n`]);
  });
});
