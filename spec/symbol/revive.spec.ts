import { expect, it, jest } from '@jest/globals';
import type { Instance } from '../../lib/control/instance.js';
import type { PluginLink } from '../../lib/control/plugin-link.js';
import type { RxportError } from '../../lib/errors.js';
import type { SymbolNews } from '../../lib/symbol/owner.js';
import type { Revival } from '../../lib/symbol/revival.js';
import { revivalOf } from '../../lib/symbol/revive.js';
import { instance, source } from '../helpers/fake-runner.js';
import { HandClock } from '../helpers/hand-clock.js';

/** A symbol that dies as soon as it has started, so many times. */
function dying(times: number) {
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  const clock = new HandClock();
  const asked: string[] = [];
  const news: SymbolNews[] = [];
  const { one } = instance(source('1'));
  const note = (what: string) => (revived: Instance, error?: RxportError) => {
    expect(revived).toBe(one);
    asked.push(error === undefined ? what : `${what} ${error.code}`);
    return Promise.resolve();
  };
  const link = { name: 'p', revive: note('revive'), escalate: note('escalate') } as unknown as PluginLink;
  const revival: Revival = revivalOf(one, link, clock, (one) => news.push(one));
  for (let i = 0; i < times; i += 1) {
    revival.started();
    revival.died();
    clock.advance(31_000);
  }
  return { asked, news };
}

it('a symbol that has died is revived, and its rule is told how often in a row', () => {
  const { asked, news } = dying(2);
  expect(asked).toEqual(['revive', 'revive']);
  expect(news).toEqual([
    { type: 'restarted', symbol: 's', attempt: 1 },
    { type: 'restarted', symbol: 's', attempt: 2 },
  ]);
});

it('a symbol that dies again and again takes a new process, and its rule is told why', () => {
  const { asked, news } = dying(6);
  expect(asked).toEqual([...Array<string>(4).fill('revive'), 'escalate ERR_SYMBOL_DIED', 'revive']);
  expect(news.slice(4, 6)).toEqual([
    { type: 'restarted', symbol: 's', attempt: 5 },
    { type: 'error', symbol: 's', error: expect.objectContaining({ code: 'ERR_SYMBOL_DIED' }) },
  ]);
});
