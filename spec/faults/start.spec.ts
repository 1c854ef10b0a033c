import { describe, expect, it } from '@jest/globals';
import type { Misbehaviour } from '../helpers/bad-plugin.js';
import { faultHost } from '../helpers/fault-host.js';

const EXITED = 'backoff ERR_PLUGIN_EXITED';
const UNSHAKEN = 'backoff ERR_PLUGIN_HANDSHAKE';

/** How each of them ends, again and again, and what the error says. */
const ends: [Misbehaviour, string, RegExp][] = [
  ['exits-at-once', EXITED, /code 3 before its handshake .*no licence key/],
  ['exits-zero', EXITED, /code 0 before its handshake/],
  ['wrong-name', EXITED, /code 2 before its handshake .*Is the name in its main program/],
  ['never-connects', UNSHAKEN, /within 2000 ms/],
  ['never-shakes-hands', UNSHAKEN, /within 2000 ms/],
  ['wrong-greeting', UNSHAKEN, /within 2000 ms/],
  ['garbage-greeting', UNSHAKEN, /within 2000 ms/],
  ['garbage-frame', UNSHAKEN, /within 2000 ms/],
  ['giant-length', UNSHAKEN, /within 2000 ms/],
  ['half-frame', UNSHAKEN, /within 2000 ms/],
];
/** A deadline is for those that are killed by it: on a busy machine it may come before the end of another one. */
const [exited, killed] = [ends.filter(([, end]) => end === EXITED), ends.filter(([, end]) => end === UNSHAKEN)];
const names = (list: typeof ends): Misbehaviour[] => list.map(([fault]) => fault);

describe.each([
  { list: exited, late: [] as const, options: {} },
  { list: killed, late: ['late-handshake'] as const, options: { handshakeTimeout: 2_000 } },
])('a rule over a plugin that does not come up, $options', ({ list, late, options }) => {
  const faults = faultHost([...names(list), ...late], options);

  it.each(list)('waits while it is tried again, and harms nobody: %s, %s', async (fault, end, text) => {
    const { bad, running, ...seen } = faults.of(fault);
    await faults.of(fault).shows('plugin', 'starting', end, 'starting', end);
    for (const one of seen.texts) expect(one).toMatch(text);
    expect(seen.rule.every((phase) => phase === 'waiting')).toBe(true);
    expect(running.status).toMatchObject({
      on: [`sink ${bad.sink}`, `function ${bad.symbol}`, `source ${bad.source}`],
    });
    expect(seen.events).toEqual([]);
    await faults.healthyFlows();
  });

  for (const fault of late)
    it(`runs as soon as it does: ${fault}`, async () => {
      const seen = faults.of(fault);
      await seen.shows('plugin', 'starting', UNSHAKEN, 'starting', 'ready');
      await seen.shows('rule', 'waiting', 'running');
      expect(seen.rule.at(-1)).toBe('running');
      await faults.healthyFlows();
    });

  it('stops with its host, and nothing is left of it', () => faults.endsClean());
});
