import { describe, expect, it } from '@jest/globals';
import { symbolDied } from '../../lib/errors.js';
import { instance, sink, source, turn } from '../helpers/fake-runner.js';
import { handLink } from '../helpers/hand-link.js';
import type { Requester } from '../helpers/requester.js';
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
    return { ...all, process, one, heard };
  }
  const verbs = ({ received }: Requester): unknown[] =>
    received.map((text) => (JSON.parse(text) as { cmd: string }).cmd);
  const died = symbolDied('p', 's', 5);

  it('is restarted for that once a minute, and until then the symbol is', async () => {
    const { clock, errors, link, process, exits, shakes, one, heard } = await running();
    await link.escalate(one, died);
    expect(errors).toEqual(['ERR_SYMBOL_DIED']);
    expect(verbs(process)).toEqual(['start']);
    exits(0);
    clock.advance(300);
    const next = await shakes(2);
    await next.heard(1);
    next.says('ok');
    await until(() => heard.length === 3, 'it has started again');
    errors.splice(0);

    clock.advance(59_699);
    void link.escalate(one, died);
    await next.heard(2);
    next.says('ok');
    await next.heard(3);
    next.says('ok');
    expect(verbs(next)).toEqual(['start', 'stop', 'start']);
    expect(errors).toEqual([]);

    clock.advance(1);
    await link.escalate(one, died);
    expect(errors).toEqual(['ERR_SYMBOL_DIED']);
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

describe('a process that SIGKILL does not end', () => {
  it('keeps nobody waiting who stops what runs in it', async () => {
    const { clock, link, shakes, errors, lives } = await handLink();
    const process = await shakes(1);
    const both = ['1', '2'].map((op) => instance(source(op)));
    for (const [index, { one, heard }] of both.entries()) {
      link.attach(one);
      await process.heard(index + 1);
      process.says('ok');
      await until(() => heard.length === 1, 'it has started');
    }
    let detached = 0;
    for (const { one } of both) void link.detach(one).then(() => (detached += 1));
    await process.heard(3);
    clock.advance(5_000);
    await until(() => detached === 1, 'the first STOP is given up');
    expect(errors).toEqual(['ERR_COMMAND_TIMEOUT']);
    clock.advance(9_999);
    await turn();
    expect(detached).toBe(1);
    clock.advance(1);
    await until(() => detached === 2, 'the second one, too');
    expect(link.state).toMatchObject({ phase: 'backoff', error: { code: 'ERR_COMMAND_TIMEOUT' } });
    expect(lives).toHaveLength(1);
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
