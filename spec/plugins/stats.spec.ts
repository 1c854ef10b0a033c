/** The Python plugin: by its modules, and under a host with a name of its own, since stock addresses are global. */
import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { filter, firstValueFrom, NEVER, of, take } from 'rxjs';
import { RunningScores } from '../../plugins/telemetry/running-scores.js';
import { startHost } from '../helpers/host.js';
import { linesOf } from '../helpers/lines.js';
import { describeWith, root } from '../helpers/toolchains.js';
import { tempFolder, unique } from '../helpers/unique.js';

const folder = `${root}plugins/stats`;

interface Copy {
  readonly dir: string;
  readonly noise: string;
  readonly lines: string;
  readonly zscore: string;
}

function copyStats(): Copy {
  const name = unique('stats');
  const symbols = { noise: unique('noise'), lines: unique('lines'), zscore: unique('zscore') };
  const dir = join(tempFolder(), name);
  cpSync(folder, dir, { recursive: true, filter: (path) => basename(path) !== '__pycache__' });
  const renamed = (file: string): string =>
    Object.entries({ stats: name, ...symbols }).reduce(
      (text, [from, to]) => text.replaceAll(`'${from}'`, `'${to}'`).replaceAll(`"${from}"`, `"${to}"`),
      readFileSync(join(folder, file), 'utf8'),
    );
  writeFileSync(join(dir, 'main.py'), renamed('main.py'));
  writeFileSync(join(dir, `${name}.json`), renamed('stats.json'));
  rmSync(join(dir, 'stats.json'));
  return { dir, ...symbols };
}

describeWith('python', 'the Python plugin stats', (python) => {
  it('scores as the plugin telemetry does', () => {
    const values = [1, 2, 3, 10, -4.5, 10, 1e9, 0, 1e308, -1e308, 3, 5, 1e200, 4, 7];
    const program = `import json, sys; from running_scores import RunningScores; s = RunningScores(2)
print(json.dumps([s.score(k, v) for k, v in json.loads(sys.argv[1])]))`;
    const calls = [...values.map((value) => ['a', value]), ['b', 1], ['c', 1], ['a', 9]] as [string, number][];
    const output = execFileSync(python, ['-B', '-c', program, JSON.stringify(calls)], {
      cwd: folder,
      encoding: 'utf8',
    });
    const ours = new RunningScores(2);
    const expected = calls.map(([key, value]) => expect.closeTo(ours.score(key, value), 9));
    expect(JSON.parse(output)).toEqual(expected);
  });

  it('writes on where nobody reads its acks', () => {
    const path = join(tempFolder(), 'out.ndjson');
    const program = `import sys; from lines import Lines
class Context:
    told = 0
    def ack_error(self, text):
        self.told += 1
        raise OSError('no room')
sink, context = Lines(), Context()
sink.configure({'path': sys.argv[1]})
for data in (b'no JSON', b'none', b'1'): sink.collect(context, data)
print(context.told)`;
    const output = execFileSync(python, ['-B', '-c', program, path], { cwd: folder, encoding: 'utf8' });
    expect(output).toBe('1\n');
    expect(linesOf(path)).toEqual([1]);
  });

  it('takes noise through the score into a file, the same noise for the same seed', async () => {
    const { dir, noise, zscore, lines } = copyStats();
    const host = await startHost();
    await host.plugins.install(dir);
    const path = join(tempFolder(), 'out.ndjson');
    const config = { interval: 5, seed: 7, mean: 100, deviation: 5 };
    const run = () =>
      host.rule(unique('r'), ({ source, call, sink }) =>
        source<{ readonly i: number; readonly value: number }>(noise, { config })
          .pipe(
            take(20),
            call(
              zscore,
              ({ value }) => ['noise', value],
              ({ i, value }, z: number) => ({ i, value, z }),
            ),
          )
          .subscribe(sink(lines, { config: { path, ack: true }, requireAck: true })),
      );
    const [first, second] = [run(), run()];
    expect([(await first.done).phase, (await second.done).phase]).toEqual(['completed', 'completed']);
    expect(first.ledger().balanced && second.ledger().balanced).toBe(true);

    const written = linesOf(path) as { readonly i: number; readonly value: number; readonly z: number }[];
    expect(written.length).toBe(40);
    // Two rules, one file, one key: apart all the same.
    for (let i = 0; i < 20; i += 1) {
      const [one, other, ...more] = written.filter((line) => line.i === i);
      expect([one, more]).toEqual([other, []]);
      expect(one?.value).toBeGreaterThan(60);
    }
    expect(written[0]?.z).toBe(0);
  });

  it('writes a line for each value of an array, and reports what it can not write', async () => {
    const { dir, lines } = copyStats();
    const host = await startHost();
    await host.plugins.install(dir);
    const path = join(tempFolder(), 'out.ndjson');
    const texts = ['[{"a":1},{"a":2}]', 'no JSON', '{"a":"ä"}'];
    const rule = host.rule(unique('r'), ({ sink }) =>
      of(...texts).subscribe(sink(lines, { config: { path, ack: true }, encode: 'raw', requireAck: true })),
    );
    const error = firstValueFrom(rule.events$.pipe(filter(({ type }) => type === 'error')));
    expect(await error).toMatchObject({ error: { message: expect.stringContaining('Expecting value') } });
    expect((await rule.done).phase).toBe('completed');
    expect(linesOf(path)).toEqual([{ a: 1 }, { a: 2 }, { a: 'ä' }]);
    expect(rule.ledger().stages[`sink ${lines}`]).toMatchObject({ passed: 2, failed: { ERR_SINK_ACK: 1 } });
  });

  it('refuses wrong options and arguments', async () => {
    const { dir, noise, lines, zscore } = copyStats();
    const host = await startHost();
    await host.plugins.install(dir);
    const refusals = [
      host.rule(unique('r'), ({ source }) => source(noise, { config: { interval: 'often' } }), { restart: 'never' }),
      host.rule(unique('r'), ({ sink }) => NEVER.subscribe(sink(lines)), { restart: 'never' }),
      host.rule(unique('r'), ({ call }) => of(1).pipe(call(zscore, () => ['one'])), { restart: 'never' }),
    ];
    const texts = ["interval is 'often': give a number", 'path is None: give the path', 'got 1 arguments'];
    for (const [index, rule] of refusals.entries()) {
      expect(await rule.done).toMatchObject({ error: { message: expect.stringContaining(texts[index] ?? '?') } });
    }
    await expect(host.function(zscore).exec('k', 'hot')).rejects.toThrow("value of k is 'hot': give a number");
  });
});
