import { describe, expect, it } from '@jest/globals';
import { stderrLog } from '../../lib/sdk/stderr-log.js';

describe('the log of a plugin', () => {
  function start() {
    const lines: string[] = [];
    return { lines, log: stderrLog((line) => lines.push(line)) };
  }

  it('writes level, text and fields', () => {
    const { lines, log } = start();
    log.debug('a');
    log.info({ n: 1 }, 'b');
    log.child({ rule: 'r' }).warn({ n: 2 }, 'c');
    log.error('d');
    expect(lines).toEqual(['[DEBUG] a\n', '[INFO] b {"n":1}\n', '[WARN] c {"rule":"r","n":2}\n', '[ERROR] d\n']);
  });

  it('shows where an error came from, on one line', () => {
    const { lines, log } = start();
    log.error({ error: new Error('boom') }, 'failed');
    expect(lines[0]).toMatch(/^\[ERROR\] failed \{"error":"Error: boom\\n {4}at .*"\}\n$/);
  });

  it('leaves out fields that have no JSON', () => {
    const { lines, log } = start();
    log.info({ n: 1n }, 'text');
    expect(lines).toEqual(['[INFO] text\n']);
  });
});
