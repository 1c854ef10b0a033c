import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { transcriptLine } from '../../lib/devserver/transcript.js';
import { encodeCommand, functionControl } from '../../lib/wire/control.js';

const CONTROL = '/tmp/plugin_p.ipc';

describe('a line of the transcript', () => {
  it.each([
    ['the coming of a plugin', { type: 'opened', address: CONTROL }, '· control opened'],
    ['an answer', { type: 'in', address: CONTROL, body: Buffer.from('ok'), id: 3 }, '← control #3 ok'],
    [
      'a command',
      { type: 'out', address: CONTROL, body: encodeCommand('start', functionControl('f')), id: 3 },
      '→ control #3 start {"symbolName":"f","meta":{"ruleId":"","opId":"","instanceId":0},"pluginType":"func"}',
    ],
    ['a tuple', { type: 'in', address: '/tmp/r_o_0.ipc', body: '{"message":1}' }, '← data r_o_0 {"message":1}'],
    ['an ack', { type: 'in', address: '/tmp/r_o_0_ack.ipc', body: Buffer.from('{}') }, '← ack r_o_0 {}'],
    ['an empty reply', { type: 'in', address: '/tmp/func_f.ipc', body: '', id: 9 }, '← function f #9 (empty)'],
    [
      'what a Go plugin says each minute',
      { type: 'in', address: CONTROL, body: 'ok', id: 3, repeated: true },
      '← control #3 ok (repeated)',
    ],
    [
      'a traceback',
      { type: 'in', address: CONTROL, body: 'Traceback:\n  \u001b[31mKeyError\u001b[0m', id: 4 },
      '← control #4 Traceback: ⏎   KeyError',
    ],
  ] as const)('shows %s', (_, event, line) => {
    expect(transcriptLine(event, CONTROL)).toBe(line);
  });

  it('cuts a long body, and gives its length in bytes', () => {
    const event = { type: 'in', address: '/tmp/r_o_0.ipc', body: 'ä'.repeat(10_000) } as const;
    expect(transcriptLine(event, CONTROL)).toBe(`← data r_o_0 ${'ä'.repeat(400)}… (20000 bytes)`);
    const bytes = { ...event, body: Buffer.alloc(10_000, 'y') };
    expect(transcriptLine(bytes, CONTROL)).toBe(`← data r_o_0 ${'y'.repeat(400)}… (10000 bytes)`);
  });

  it('is one line that a terminal acts on nothing of, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.boolean(), (body, control) => {
        const line = transcriptLine({ type: 'in', address: control ? CONTROL : '/tmp/a.ipc', body }, CONTROL);
        expect(line).not.toMatch(/[^\P{Cc}\t]/u);
      }),
    );
  });
});
