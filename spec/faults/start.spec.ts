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
const names = ends.map(([fault]) => fault);

describe('a rule over a plugin that does not come up', () => {
  const faults = faultHost([...names, 'late-handshake'], { handshakeTimeout: 2_000 });

  it.each(ends)('waits while it is tried again, and harms nobody: %s, %s', async (fault, end, text) => {
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

  it('runs as soon as it does: late-handshake', async () => {
    const late = faults.of('late-handshake');
    await late.shows('plugin', 'starting', UNSHAKEN, 'starting', 'ready');
    await late.shows('rule', 'waiting', 'running');
    expect(late.rule.at(-1)).toBe('running');
    await faults.healthyFlows();
  });

  it('stops with its host, and nothing is left of it', () => faults.endsClean());
});
