import { expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import type { Host, RuleStatus } from '../lib/index.js';
import { startHost } from './helpers/host.js';
import { unique } from './helpers/unique.js';

/** What a call throws. */
function codeOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (thrown) {
    return (thrown as { readonly code?: string }).code;
  }
}

/** Asks for more of a host as soon as something of it stops. */
function asks(host: Host) {
  const codes: unknown[] = [];
  const stops: Promise<void>[] = [];
  const hear = ({ phase }: RuleStatus): void => {
    if (phase !== 'stopping') return;
    codes.push(
      codeOf(() => host.rule(unique('late'), () => NEVER)),
      codeOf(() => host.share(unique('late'), () => NEVER)),
    );
    stops.push(host.stop());
  };
  return { codes, stops, hear };
}

const refused = ['ERR_HOST_STOPPED', 'ERR_HOST_STOPPED'];

it('refuses a rule, and a share, for which somebody asks as soon as a rule hears of the stop', async () => {
  const host = await startHost();
  const { codes, stops, hear } = asks(host);
  host.rule(unique('r'), () => NEVER).status$.subscribe(hear);
  await host.stop({ signal: AbortSignal.timeout(100) });
  await Promise.all(stops);
  expect([codes, stops.length, host.rules]).toEqual([refused, 1, []]);
});

it('refuses them as soon as a share hears of it', async () => {
  const host = await startHost();
  const { codes, stops, hear } = asks(host);
  const shared = host.share(unique('s'), () => NEVER);
  shared.status$.subscribe(hear);
  shared.subscribe();
  await host.stop({ signal: AbortSignal.timeout(100) });
  await Promise.all(stops);
  expect([codes, stops.length, host.rules]).toEqual([refused, 1, []]);
});
