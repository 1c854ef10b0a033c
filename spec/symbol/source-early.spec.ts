import { expect, it } from '@jest/globals';
import type { Instance } from '../../lib/control/instance.js';
import type { PluginLink } from '../../lib/control/plugin-link.js';
import type { PullHandler, PullSocket, Transport } from '../../lib/sp/transport.js';
import { Stage } from '../../lib/stage.js';
import type { Owner } from '../../lib/symbol/owner.js';
import { SymbolSettings } from '../../lib/symbol/settings.js';
import { remoteSource } from '../../lib/symbol/source.js';
import { plugin, turn, versionOf } from '../helpers/fake-runner.js';
import { HandClock } from '../helpers/hand-clock.js';

/** A source whose START is out, and whose connections the spec opens and closes. */
async function starting() {
  const told: string[] = [];
  let peers = 0;
  let handler: PullHandler | undefined;
  let instance: Instance | undefined;
  const done = (): void => undefined;
  const socket = { held: 0, hold: done, release: done, close: () => Promise.resolve() };
  const transport = {
    capabilities: { peerClose: true, manyPeers: true },
    pull: (address: string, _: unknown, given: PullHandler) => {
      handler = given;
      return Promise.resolve(
        Object.defineProperty({ ...socket, address }, 'peers', { get: () => peers }) as PullSocket,
      );
    },
  } as unknown as Transport;
  const owner = {
    ruleId: 'r',
    opId: () => 'o',
    stage: (kind: 'source', name: string) => new Stage(kind, name),
    attend: () => ({
      present: () => told.push('present'),
      absent: () => told.push('absent'),
      leave: done,
    }),
    running: () => ({ size: done, left: done }),
    track: done,
  } as unknown as Owner;
  const link = {
    ipcDir: '/x',
    attach: (one: Instance) => (instance = one),
    detach: () => Promise.resolve(),
    stopAgain: () => Promise.resolve(),
  } as unknown as PluginLink;
  const clock = new HandClock();
  const config = new SymbolSettings(versionOf('v1'), () => ({}));
  const nothing = { dataSource: undefined, decode: undefined, parse: undefined };
  remoteSource({ symbol: 's', link, owner, transport, clock, config, ...nothing }).subscribe();
  await turn();
  instance?.starting?.(plugin().process);
  const opens = (): void => {
    peers += 1;
    handler?.peerOpened?.();
  };
  const closes = (): void => {
    peers -= 1;
    handler?.peerClosed?.(peers, undefined);
  };
  return { told, clock, opens, closes, answers: () => instance?.started() };
}

it('a source whose connection was heard of after the answer to START, and another one closed before, is alive', async () => {
  const { told, clock, opens, closes, answers } = await starting();
  opens();
  closes();
  answers();
  opens();
  clock.advance(100);
  expect(told).toEqual(['present']);
  closes();
  expect(told).toEqual(['present', 'absent']);
});

it('a source that has closed its connection before the answer to START, and opens no other, is dead', async () => {
  const { told, clock, opens, closes, answers } = await starting();
  opens();
  closes();
  answers();
  clock.advance(99);
  expect(told).toEqual(['present']);
  clock.advance(1);
  expect(told).toEqual(['present', 'absent']);
});
