/** What a plugin is told of the rule, the subscription and the call that it works for. */
import { describe, expect, it } from '@jest/globals';
import { of, take, takeUntil } from 'rxjs';
import { newFile, partsOf } from '../helpers/parts.js';
import { callsTo, commandsTo } from '../helpers/scripted-plugin.js';
import { sharedHost } from '../helpers/shared-host.js';
import { until } from '../helpers/until.js';

const shared = sharedHost();
const { counted, echo, file } = partsOf(shared);

/** The contexts that the plugin has got with the calls of a rule, each once, in order. */
const contextsOf = (ruleId: string): readonly string[] => {
  const contexts = callsTo(shared.plugin.dir, 'echo').flatMap(({ func, arg }) => {
    const last: unknown = func === 'Exec' && Array.isArray(arg) ? arg.at(-1) : undefined;
    return typeof last === 'string' && (JSON.parse(last) as { ruleId?: string }).ruleId === ruleId ? [last] : [];
  });
  return [...new Set(contexts)];
};

describe('the ids on the wire', () => {
  it('are six hex digits of the host and a counter to the base of 36; the instance is 0', async () => {
    const rule = shared.rule((context) => [
      ...Array.from({ length: 40 }, () => counted(context, 1).pipe(take(1))),
      of(1).subscribe(file(context, newFile())),
    ]);
    expect((await rule.done).phase).toBe('completed');
    const metas = commandsTo(shared.plugin.dir).flatMap(({ cmd, meta }) =>
      cmd === 'start' && meta.ruleId === rule.id ? [meta] : [],
    );
    expect(metas).toHaveLength(41);
    expect(new Set(metas.map(({ instanceId }) => instanceId))).toEqual(new Set([0]));
    const [hosts, counts] = [0, 6].map((from) => metas.map(({ opId }) => opId.slice(from, from === 0 ? 6 : undefined)));
    expect(new Set(hosts).size).toBe(1);
    expect(hosts?.[0]).toMatch(/^[0-9a-f]{6}$/);
    const numbers = (counts ?? []).map((text) => parseInt(text, 36)).sort((a, b) => a - b);
    expect(numbers.map((n) => n.toString(36)).sort()).toEqual([...(counts ?? [])].sort());
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
  });

  it('are the same for a call in each run of its rule, and others for another call', async () => {
    const perRun: (readonly string[])[] = [];
    const rule = shared.rule((context) =>
      counted(context).pipe(echo(context), echo(context), takeUntil(context.stopping$)),
    );
    for (let run = 0; run < 3; run += 1) {
      const before = callsTo(shared.plugin.dir, 'echo').length;
      await until(() => callsTo(shared.plugin.dir, 'echo').length > before + 6);
      perRun.push(contextsOf(rule.id));
      await rule.restart();
    }
    await rule.stop();
    const [first = [], ...others] = perRun;
    expect(first.map((context) => JSON.parse(context) as unknown)).toEqual(
      [1, 2].map(() => ({
        ruleId: rule.id,
        opId: expect.stringMatching(/^[0-9a-f]{6}[0-9a-z]+$/),
        instanceId: 0,
        funcId: 0,
      })),
    );
    expect(first).toHaveLength(2);
    // A run that had contexts of its own would have added them.
    expect(others).toEqual([first, first]);
  });
});
