import { describe, expect, it } from '@jest/globals';
import { instance, source, turn } from '../helpers/fake-runner.js';
import { handLink } from '../helpers/hand-link.js';
import { until } from '../helpers/until.js';

/** A process in which so many sources ran, which are told to stop and have not answered. */
async function stopping(count: number) {
  const all = await handLink();
  const process = await all.shakes(1);
  const ones = Array.from({ length: count }, (_, i) => instance(source(`${i}`)).one);
  for (const [i, one] of ones.entries()) {
    all.link.attach(one);
    await process.heard(i + 1);
    process.says('ok');
  }
  const detached = Promise.all(ones.map((one) => all.link.detach(one)));
  await process.heard(count + 1);
  return { ...all, process, detached };
}

describe('a process in which something is about to stop', () => {
  it('is used until that has answered, and is not ended before', async () => {
    const { link, process, detached, exits } = await stopping(1);
    expect([link.running, link.usedBy]).toEqual([[], ['r']]);
    const closed = link.close();
    await turn();
    expect(link.state.phase).toBe('ready');
    process.says('ok');
    await detached;
    expect(link.usedBy).toEqual([]);
    await until(() => link.state.phase === 'stopping', 'it is asked to end');
    exits(0);
    await closed;
  });

  it('is not waited for without end when it neither answers nor can be killed', async () => {
    const { clock, errors, link } = await stopping(2);
    const closed = link.close();
    await turn();
    clock.advance(5_000);
    await turn();
    expect(errors).toEqual(['ERR_COMMAND_TIMEOUT']);
    clock.advance(9_999);
    await turn();
    expect(link.state.phase).toBe('ready');
    clock.advance(1);
    await closed;
    expect(link.state.phase).toBe('stopped');
  });
});
