import { describe, expect, it } from '@jest/globals';
import { windDown } from '../../lib/control/park.js';
import { pluginStopped } from '../../lib/errors.js';
import { instance, source, turn } from '../helpers/fake-runner.js';
import { running } from '../helpers/fake-transfer.js';

const why = pluginStopped('p');

describe('a process that is wound down', () => {
  it('ends when its calls are back and all is stopped; what ran there has lost it once, and runs in the next one', async () => {
    const { steps, instances, from, f, s, k } = await running();
    const quit = (): Promise<void> => Promise.resolve(void steps.push('others stop'));
    await windDown(instances, from, quit, why);
    expect(steps).toEqual(['f hold', 'f cutOver', 'old stop s1', 'old stop k2', 'old stops', 'others stop']);
    expect(instances.in(from)).toEqual([]);
    expect([f.heard, s.heard, k.heard]).toEqual([['lost'], ['lost'], ['lost']]);
    steps.splice(0);
    from.comes();
    await turn();
    expect(steps).toEqual(['old start f', 'old start s1', 'old start k2']);
    expect([f.heard, s.heard, k.heard]).toEqual(Array.from({ length: 3 }, () => ['lost', 'started']));
  });

  it('gets nothing more, and what has ended meanwhile is not told', async () => {
    const { steps, at, instances, from, s } = await running();
    const late = instance(source('3'));
    at('old stop s1', () => instances.add(late.one));
    at('old stops', () => instances.remove(s.one));
    await windDown(instances, from, async () => undefined, why);
    expect(steps).not.toContain('old start s3');
    expect([s.heard, late.heard]).toEqual([[], []]);
    from.comes();
    await turn();
    expect(steps.slice(-3)).toEqual(['old start f', 'old start k2', 'old start s3']);
  });

  it('is over also when it dies before', async () => {
    const { at, steps, instances, from, s } = await running();
    at('old stop s1', () => turn().then(() => from.dies()));
    await windDown(instances, from, async () => undefined, why);
    expect(steps.at(-1)).toBe('old stops');
    expect(s.heard).toEqual(['lost']);
  });
});
