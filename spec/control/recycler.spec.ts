import { describe, expect, it } from '@jest/globals';
import type { PluginLink } from '../../lib/control/plugin-link.js';
import { instance, sink, source, turn } from '../helpers/fake-runner.js';
import { handLink } from '../helpers/hand-link.js';
import type { Requester } from '../helpers/requester.js';
import { until } from '../helpers/until.js';

/** A process of the Go SDK that answers each command with ok. */
class Obedient {
  private answered = 0;

  constructor(private readonly requester: Requester) {}

  async obeys(): Promise<unknown> {
    this.answered += 1;
    const command = (await this.requester.heard(this.answered)).at(-1) ?? '';
    this.requester.says('ok');
    return (JSON.parse(command) as { readonly cmd: unknown }).cmd;
  }
}

/** A sink that starts there and stops, and spins from then on. */
async function oneMore(link: PluginLink, process: Obedient): Promise<void> {
  const { one, heard } = instance(sink('k'));
  link.attach(one);
  await process.obeys();
  await until(() => heard.length === 1, 'it has started');
  const detached = link.detach(one);
  await process.obeys();
  await detached;
}

/** A plugin with a source that a rule uses, in a process in which so many stopped sinks spin. */
async function spinning(sinks: number) {
  const all = await handLink('go');
  const process = new Obedient(await all.shakes(1));
  const { one, heard } = instance(source('1'));
  all.link.attach(one);
  await process.obeys();
  for (let i = 0; i < sinks; i += 1) await oneMore(all.link, process);
  /** The second process takes the source over, and the one before it ends. */
  const moves = async (from: Obedient, count: number): Promise<Obedient> => {
    const next = new Obedient(await all.shakes(count));
    expect([await from.obeys(), await next.obeys()]).toEqual(['stop', 'start']);
    all.exits(count - 2);
    await until(() => all.link.state.phase === 'ready' && heard.length >= count, 'it has moved');
    return next;
  };
  return { ...all, process, source: one, heard, moves };
}

const update = (signal = new AbortController().signal) =>
  ({ strategy: 'overlap', signal, closing: signal, commit: () => Promise.resolve() }) as const;

describe('a process that rules use, and in which stopped sinks spin', () => {
  it('stays with two of them', async () => {
    const { lives } = await spinning(2);
    expect(lives).toHaveLength(1);
  });

  it('hands over to another of its version with the third, and after that not before a minute has gone', async () => {
    const { clock, lives, link, process, moves } = await spinning(3);
    const second = await moves(process, 2);
    for (let i = 0; i < 4; i += 1) await oneMore(link, second);
    clock.advance(59_000);
    expect(lives).toHaveLength(2);
    clock.advance(1_000);
    await moves(second, 3);
    expect(lives).toHaveLength(3);
  });

  it('stays when the other one does not come, and asks for one again a minute later', async () => {
    const { clock, lives, link, warnings, exits } = await spinning(3);
    await until(() => lives.length === 2, 'another process');
    exits(1);
    await until(() => warnings.length === 1, 'it is told');
    expect(link.state.phase).toBe('ready');
    clock.advance(60_000);
    await until(() => lives.length === 3, 'another one');
  });

  it('gives way to an update', async () => {
    const { lives, link, version, errors, exits, shakes, process } = await spinning(3);
    await until(() => lives.length === 2, 'another process of its version');
    const updated = link.update(version('v2'), update());
    await turn();
    exits(1);
    const next = new Obedient(await shakes(3));
    await Promise.all([process.obeys(), next.obeys()]);
    await until(() => link.plugin.manifest.version === 'v2', 'the new version serves');
    await turn();
    exits(0);
    await updated;
    expect(lives).toHaveLength(3);
    // It was asked to end: that is no crash.
    expect(errors).toEqual([]);
  });

  it('is not kept by it when the plugin is closed', async () => {
    const { clock, lives, link, errors, exits } = await spinning(3);
    await until(() => lives.length === 2, 'another process');
    const closed = link.close();
    await turn();
    exits(1);
    await until(() => link.state.phase === 'stopping', 'the first one is asked to end');
    exits(0);
    await closed;
    clock.advance(600_000);
    expect(lives).toHaveLength(2);
    expect(errors).toEqual([]);
  });
});

it('is not started anew for that when the plugin is closed meanwhile', async () => {
  const { lives, link, source: last, process, exits } = await spinning(1);
  const detached = link.detach(last);
  await process.obeys();
  await detached;
  await until(() => link.state.phase === 'stopping', 'nobody uses it, and it is asked to end');
  const closed = link.close();
  exits(0);
  await closed;
  expect(lives).toHaveLength(1);
});

it('is not started anew while a second sink has not answered its STOP', async () => {
  const { lives, link, shakes, exits } = await handLink('go');
  const process = new Obedient(await shakes(1));
  const sinks = [instance(sink('1')), instance(sink('2'))];
  for (const { one, heard } of sinks) {
    link.attach(one);
    await process.obeys();
    await until(() => heard.length === 1, 'it has started');
  }
  const [first, second] = sinks.map(({ one }) => link.detach(one));
  await process.obeys();
  await first;
  await turn();
  expect(link.state.phase).toBe('ready');
  await process.obeys();
  await second;
  await until(() => link.state.phase === 'stopping', 'nothing runs there any more');
  exits(0);
  await until(() => lives.length === 2, 'another process');
});
