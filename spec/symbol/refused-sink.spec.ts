import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { copyFixture } from '../helpers/fixture.js';
import { startHost } from '../helpers/host.js';
import { describeWith } from '../helpers/toolchains.js';
import { unique } from '../helpers/unique.js';

describeWith('go', 'a sink that its plugin refuses', () => {
  it('fails the rule without waiting for a drain, though its stream has completed before', async () => {
    const host = await startHost();
    const fixture = copyFixture('go');
    await host.plugins.install(fixture.dir);
    const before = performance.now();
    const rule = host.rule(
      unique('r'),
      ({ sink }) => of(1, 2, 3).subscribe(sink(fixture.symbol('file'), { config: { refuse: 'no disk' } })),
      { restart: 'never' },
    );
    expect(await rule.done).toMatchObject({ phase: 'failed', error: { code: 'ERR_SYMBOL_REFUSED' } });
    // The patience of a drain is ten seconds.
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(rule.ledger()).toMatchObject({ balanced: true });
  });
});

describe('a rule without a plugin', () => {
  it('names the sink that is not there', async () => {
    const host = await startHost();
    const rule = host.rule(unique('r'), ({ sink }) => of(1).subscribe(sink('nowhere')));
    expect(await rule.done).toMatchObject({ phase: 'failed', error: { code: 'ERR_SYMBOL_UNKNOWN' } });
  });
});
