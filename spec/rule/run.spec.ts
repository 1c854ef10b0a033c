import { describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom, NEVER, share, Subject, Subscription, tap, timer } from 'rxjs';
import type { Rule, RuleBody } from '../../lib/index.js';
import { linesOf } from '../helpers/lines.js';
import { type Counted, newFile, partsOf, statusOf, zeroTo } from '../helpers/parts.js';
import { sharedHost } from '../helpers/shared-host.js';

const shared = sharedHost();
const { counted, echo, file } = partsOf(shared);

describe('a body', () => {
  it('gets back the sink that its stream is subscribed to', async () => {
    let same: boolean | undefined;
    const rule = shared.rule((context) => {
      const sink = file(context);
      const subscription = counted(context, 1).subscribe(sink);
      same = subscription === sink;
      return subscription;
    });
    expect((await rule.done).phase).toBe('completed');
    expect(same).toBe(true);
  });

  it('may return a stream, which the rule subscribes to', async () => {
    const seen: Counted[] = [];
    const rule = shared.rule((context) => counted(context, 3).pipe(tap((value) => seen.push(value))));
    expect((await rule.done).phase).toBe('completed');
    expect(seen).toEqual(zeroTo(3));
  });

  it('may return several branches; the rule ends when the last has ended and its sinks have drained', async () => {
    const [first, second] = [newFile(), newFile()];
    let ended = false;
    const rule = shared.rule((context) => {
      const values = counted(context, 5).pipe(share());
      const slow = timer(20).pipe(tap(() => (ended = true)));
      return [values.subscribe(file(context, first)), values.subscribe(file(context, second)), slow];
    });
    expect((await rule.done).phase).toBe('completed');
    expect(ended).toBe(true);
    expect([linesOf(first), linesOf(second)]).toEqual([zeroTo(5), zeroTo(5)]);
  });

  it('may return no branch at all', async () => {
    expect((await shared.rule(() => []).done).phase).toBe('completed');
  });

  it.each([
    ['nothing', undefined, /returned nothing/],
    ['null', null, /returned nothing/],
    ['a number', 7, /returned a number/],
    ['an object', {}, /returned a object/],
    ['a promise', Promise.resolve(NEVER), /returned a promise \(a body is not async\)/],
    ['a subscription of its own', new Subscription(), /a subscription that is not a sink of this rule/],
    ['a stream and a number', [NEVER, 7], /returned a number/],
    ['nested arrays', [[NEVER]], /returned a object/],
  ])('may not return %s', async (_, branch, text) => {
    const rule = shared.rule((() => branch) as unknown as RuleBody);
    const status = await rule.done;
    expect(status).toMatchObject({ phase: 'failed', error: { code: 'ERR_RULE_BRANCH_UNTRACKED' } });
    expect(status).toHaveProperty('error.message', expect.stringMatching(text));
    expect(status).toHaveProperty(
      'error.message',
      expect.stringContaining('return the Observable, the rule subscribes'),
    );
  });

  it('may not return the sink of another rule', async () => {
    const sinks = new Subject<Subscription>();
    const found = firstValueFrom(sinks);
    const one = shared.rule((context) => {
      const sink = NEVER.subscribe(file(context));
      sinks.next(sink);
      return sink;
    });
    const foreign = await found;
    expect(await shared.rule(() => foreign).done).toMatchObject({ error: { code: 'ERR_RULE_BRANCH_UNTRACKED' } });
    await one.stop();
  });

  it('has what it subscribed bare closed when that is refused', async () => {
    let rule: Rule | undefined;
    const values = new Subject<number>();
    rule = shared.rule(() => values.subscribe());
    expect((await rule.done).phase).toBe('failed');
    expect(values.observed).toBe(false);
    rule = shared.rule((context) => counted(context).subscribe());
    expect((await rule.done).phase).toBe('failed');
    expect(rule.ledger().balanced).toBe(true);
  });
});

describe('a run', () => {
  it('waits for what its plugin does not run yet', async () => {
    const rule = shared.rule((context) => counted(context).pipe(echo(context)));
    const on: unknown = expect.arrayContaining([`source ${shared.symbol('count')}`]);
    expect(rule.status).toMatchObject({ phase: 'waiting', on });
    await statusOf(rule, 'running');
    const { state } = shared.plugin;
    if (state.phase === 'ready') process.kill(state.pid, 'SIGKILL');
    const { status$ } = rule;
    const missing = status$.pipe(filter((status) => status.phase === 'waiting' && status.on.length === 2));
    expect(await firstValueFrom(missing)).toMatchObject({ on });
    await statusOf(rule, 'running');
    await rule.stop();
    expect(rule.ledger().balanced).toBe(true);
  });
});
