import { describe, expect, it } from '@jest/globals';
import { symbolDied } from '../../lib/errors.js';
import { instance, sink, source, turn } from '../helpers/fake-runner.js';
import { handLink } from '../helpers/hand-link.js';
import { until } from '../helpers/until.js';

describe('a process whose symbols die again and again', () => {
  /** A source runs in it. */
  async function running() {
    const all = await handLink();
    const process = await all.shakes(1);
    const { one, heard } = instance(source('1'));
    all.link.attach(one);
    await process.heard(1);
    process.says('ok');
    await until(() => heard.length === 1, 'it has started');
    const verbs = (): unknown[] => process.received.map((text) => (JSON.parse(text) as { cmd: string }).cmd);
    return { ...all, process, one, verbs };
  }
  const died = symbolDied('p', 's', 5);

  it('is restarted for that once a minute, and until then the symbol is', async () => {
    const { clock, errors, link, process, one, verbs } = await running();
    await link.escalate(one, died);
    expect(errors).toEqual(['ERR_SYMBOL_DIED']);
    expect(verbs()).toEqual(['start']);

    clock.advance(59_999);
    void link.escalate(one, died);
    await process.heard(2);
    process.says('ok');
    await process.heard(3);
    process.says('ok');
    expect(verbs()).toEqual(['start', 'stop', 'start']);
    expect(errors).toHaveLength(1);

    clock.advance(1);
    await link.escalate(one, died);
    expect(errors).toEqual(['ERR_SYMBOL_DIED', 'ERR_SYMBOL_DIED']);
  });

  it('is restarted once for all of them', async () => {
    const { errors, link, one } = await running();
    const { one: other } = instance(source('2'));
    await link.escalate(one, died);
    void link.escalate(other, died);
    await turn();
    expect(errors).toEqual(['ERR_SYMBOL_DIED']);
  });
});

describe('a process that spins after its last sink', () => {
  /** A sink was stopped in it, which a process of the Go SDK survives badly. */
  async function spinning() {
    const all = await handLink('go');
    const process = await all.shakes(1);
    const { one } = instance(sink('1'));
    all.link.attach(one);
    await process.heard(1);
    process.says('ok');
    const stop = async (): Promise<void> => {
      const detached = all.link.detach(one);
      await process.heard(2);
      process.says('ok');
      await detached;
    };
    return { ...all, process, stop };
  }

  it('is started anew', async () => {
    const { lives, link, exits, stop } = await spinning();
    await stop();
    await until(() => link.state.phase === 'stopping');
    exits(0);
    await until(() => lives.length === 2);
    expect(link.state.phase).toBe('starting');
  });

  it('is left alone while another version is about to take its place', async () => {
    const { lives, link, version, exits, shakes, stop } = await spinning();
    const commit = (): Promise<void> => Promise.resolve();
    const { signal } = new AbortController();
    const update = link.update(version('v2'), { strategy: 'overlap', signal, closing: signal, commit });
    // Should the spec fail before it is awaited.
    update.catch(() => undefined);
    await until(() => lives.length === 2);
    await stop();
    await turn();
    expect(link.state.phase).toBe('ready');
    await shakes(2);
    await until(() => link.plugin.manifest.version === 'v2');
    exits(0);
    await update;
    await turn();
    expect(lives).toHaveLength(2);
    expect(link.state.phase).toBe('ready');
  });
});
