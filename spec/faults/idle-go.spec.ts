import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { take, tap } from 'rxjs';
import { Host, type Rule } from '../../lib/index.js';
import { copyFixture, type Fixture } from '../helpers/fixture.js';
import { silent } from '../helpers/host.js';
import { type Counted, zeroTo } from '../helpers/parts.js';
import { describeWith } from '../helpers/toolchains.js';
import { tempFolder, unique } from '../helpers/unique.js';

/** Milliseconds that stand for the minute after which mangos repeats a request. */
const MINUTE = 60;

describeWith('go', 'a Go plugin whose control channel is idle', () => {
  let host: Host;
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = copyFixture('go', { timers: { retry: MINUTE } });
    host = await Host.start({ dir: join(tempFolder(), 'data'), logger: silent });
    await host.plugins.install(fixture.dir);
  });
  afterAll(() => host.stop());

  const call = (symbol: string, ...args: readonly unknown[]): Promise<unknown> =>
    host.function(fixture.symbol(symbol)).exec(...args);
  const refused = (refuse: string): Rule =>
    host.rule(unique('r'), ({ source }) => source(fixture.symbol('random'), { config: { refuse } }), {
      restart: 'never',
    });

  it.each([
    ['65 s', 65],
    ['130 s', 130],
    ['10 minutes', 600],
  ])('for %s gives each of three commands its own answer', async (_, seconds) => {
    // While the function works nothing is said on the control channel but what mangos repeats.
    const idle = (seconds * MINUTE) / 60;
    expect(await call('slow', idle)).toBe(idle);

    const seen: Counted[] = [];
    const first = refused('host unreachable');
    const second = refused('no such topic');
    const third = host.rule(unique('r'), ({ source }) =>
      source<Counted>(fixture.symbol('random'), { config: { interval: 1 } }).pipe(
        take(3),
        tap((value) => seen.push(value)),
      ),
    );
    const refusal = (text: string): object => ({
      phase: 'failed',
      error: { code: 'ERR_SYMBOL_REFUSED', details: { text } },
    });
    expect(await first.done).toMatchObject(refusal('host unreachable'));
    expect(await second.done).toMatchObject(refusal('no such topic'));
    expect((await third.done).phase).toBe('completed');
    expect(seen).toEqual(zeroTo(3));
  });
});

describeWith('go', 'a Go function that is idle', () => {
  it('for more keepalives than a socket holds answers the next call', async () => {
    const fixture = copyFixture('go', { timers: { keepalive: 1 } });
    await using host = await Host.start({ dir: join(tempFolder(), 'data'), logger: silent });
    await host.plugins.install(fixture.dir);
    const echo = host.function(fixture.symbol('echo'));
    expect(await echo.exec('before')).toBe('before');
    // 278 fill the buffer of the kernel; what can not be sent for a second then ends the function.
    expect(await host.function(fixture.symbol('slow')).exec(2_000)).toBe(2_000);
    for (const text of ['a', 'b', 'c']) expect(await echo.exec(text)).toBe(text);
  });
});
