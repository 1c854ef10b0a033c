import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../lib/clock.js';
import { ControlSocket, ownerOf } from '../../lib/control/control-socket.js';
import { listening } from '../helpers/control-end.js';

describe('a control socket', () => {
  it('frees its address when it closes, and fails what waits', async () => {
    const { address, socket, command } = await listening();
    const other = new ControlSocket(address, systemClock);
    await expect(other.open()).rejects.toMatchObject({ code: 'ERR_ADDRESS_IN_USE' });
    const waiting = command('start', 'a');
    await socket.close();
    expect(await waiting).toBe('ERR_COMMAND_LOST');
    await other.open();
    await other.close();
  });

  it('closes connections while no process is expected, and those that have said nothing before one is', async () => {
    const { dial, socket, line, recorder } = await listening();
    const silent = await dial();
    await dial('handshake');
    await recorder.shaken(1);
    socket.expect(line);
    await silent.gone();
    line.reset();
    await (await dial('handshake')).gone();
    expect(recorder.handshakes).toHaveLength(1);
  });
});

describe('a process of another host that dials again, and repeats its last answer', () => {
  it('does not take the place of the one that is expected, and is named should that not come', async () => {
    const { dial, line, recorder, command } = await listening();
    const stranger = await dial('ok');
    await stranger.gone();
    expect(line.trouble?.message).toMatch(/its first word is "ok" and no handshake/);
    const plugin = await dial('handshake');
    await recorder.shaken(1);
    const started = command('start', 'a');
    await plugin.heard(1);
    plugin.says('ok');
    expect([await started, recorder.handshakes.length, stranger.received]).toEqual(['done', 1, []]);
  });
});

describe('the owner of a first frame', () => {
  const old = { name: 'old', expecting: true, known: true, byHand: false };
  const fresh = { name: 'fresh', expecting: true, known: false, byHand: false };
  const hand = { name: 'hand', expecting: true, known: false, byHand: true };
  const busy = { name: 'busy', expecting: false, known: true, byHand: false };

  it.each([
    ['nobody when each process has its connection', [busy], 'handshake', undefined],
    ['nobody when a new process would shake hands', [busy, fresh], 'ok', undefined],
    ['the one that somebody has started by hand, whatever it says', [busy, hand], 'ok', 'hand'],
    ['the one process that lacks one, when it says what a new one would', [old, busy], 'handshake', 'old'],
    ['the new process when it shakes hands', [old, fresh], 'handshake', 'fresh'],
    ['the new process of our SDK', [old, fresh], 'handshake {"v":1}', 'fresh'],
    ['the old process when it repeats an answer', [old, fresh], 'ok', 'old'],
    ['the old process when its answer begins with the word', [old, fresh], 'handshake failed', 'old'],
    [
      'the one expected first of two that have said nothing',
      [{ ...fresh, name: 'first' }, fresh],
      'handshake',
      'first',
    ],
  ])('is %s', (_, lines, first, name) => {
    expect(ownerOf(lines, first)?.name).toBe(name);
  });
});
