import { beforeAll, describe, expect, it } from '@jest/globals';
import type { StageCounts } from '../../lib/index.js';
import { startProgram } from '../helpers/program.js';
import { scriptedPlugin, type ScriptedPlugin } from '../helpers/scripted-plugin.js';
import { tempFolder } from '../helpers/unique.js';

interface Printed {
  readonly place: string;
  readonly phase: string;
  readonly error?: { readonly code: string; readonly text: string };
  /** Texts of the error events, each once. */
  readonly errors: readonly string[];
  readonly stages: Readonly<Record<string, StageCounts>>;
  readonly balanced: boolean;
}

interface Expected {
  readonly phase: 'completed' | 'failed' | 'stopped';
  readonly code?: string;
  /** In the last error of the rule. */
  readonly text?: RegExp;
  /** In its events. */
  readonly event?: RegExp;
  /** What its stages counted as failed or dropped, added up. */
  readonly counted?: Readonly<Record<string, number>>;
}

const failed = (text: RegExp, code = 'ERR_USER_FUNCTION'): Expected => ({ phase: 'failed', code, text });
const told = (event: RegExp, phase: Expected['phase'] = 'completed'): Expected => ({ phase, event });
const counted = (event: RegExp, counts: Readonly<Record<string, number>>): Expected => ({
  ...told(event),
  counted: counts,
});

const expected: Record<string, Expected> = {
  'the body': failed(/the body of rule r0 threw: boom/),
  'the body, behind what it opened': failed(/the body of rule r1 threw: boom/),
  'an async body': {
    ...failed(/a promise \(a body is not async\)/, 'ERR_RULE_BRANCH_UNTRACKED'),
    event: /the body of rule r2 threw: boom/,
  },
  map: failed(/a branch of rule r3 threw: boom/),
  'map into a sink': failed(/the stream of sink file.* threw: boom/),
  'tap into a sink': failed(/the stream of sink file.* threw: boom/),
  'map over tuples': failed(/a branch of rule r6 threw: boom/),
  defer: failed(/a branch .* threw: boom/),
  catchError: failed(/a branch .* threw: boom/),
  'a stream of your own': failed(/a branch .* threw: boom/),
  'behind a call': failed(/a branch .* threw: boom/),

  args: counted(/args of call echo.* threw: boom/, { ERR_USER_FUNCTION: 5 }),
  'args, onError fail': failed(/args of call echo.* threw: boom/),
  'args without JSON': counted(/args of call echo.* threw: .*BigInt/, { ERR_USER_FUNCTION: 5 }),
  'toJSON of args': counted(/args of call echo.* threw: boom/, { ERR_USER_FUNCTION: 5 }),
  'toJSON of args, the second time': counted(/args of call echo.* threw: boom/, { ERR_USER_FUNCTION: 1 }),
  project: counted(/project of call echo.* threw: boom/, { ERR_USER_FUNCTION: 5 }),
  'project, onError fail': failed(/project of call echo.* threw: boom/),
  onError: counted(/onError of call fail.* threw: boom/, { ERR_USER_FUNCTION: 5 }),
  'the codec of a call': counted(/decode of call echo.* threw: boom/, { ERR_USER_FUNCTION: 5 }),
  'the codec of a source': counted(/ipc: boom/, { decode: 5 }),
  parse: { phase: 'stopped', event: /not JSON: boom/, counted: { decode: 6 } },
  'toJSON into a sink': counted(/can not be written as JSON: boom/, { ERR_SINK_ENCODE: 5 }),
  'no JSON into a sink': counted(/undefined has no JSON/, { ERR_SINK_ENCODE: 5 }),
  'toJSON of a configuration': failed(/its configuration has no JSON: boom/, 'ERR_CONFIG_INVALID'),

  'finalize, branch completed': failed(/a branch .* threw: boom/),
  'finalize, sink completed': failed(/the stream of sink file.* threw: boom/),
  'finalize, completed by the plugin': failed(/the stream of sink file.* threw: boom/),
  'finalize behind a call': failed(/a branch .* threw: boom/),
  'finalize in front of a call': failed(/what follows source count.* threw: boom/),
  'finalize behind a share': failed(/a branch .* threw: boom/),
  'finalize of a stopped branch': told(/a branch .* threw: boom/, 'stopped'),
  'finalize of a stopped source': told(/a branch .* threw: boom/, 'stopped'),
  'finalize of a stopped sink': told(/the stream of sink file.* threw: boom/, 'stopped'),
  'a teardown of your own': told(/a branch .* threw: boom/, 'stopped'),

  'finalize behind mapAsync': failed(/a branch .* threw: boom/),
  'finalize behind mapAsync in a mergeMap': failed(/what follows mapAsync threw: boom/),
  'finalize behind a project that is late': failed(/what follows mapAsync threw: boom/),
  'finalize behind queued': failed(/a branch .* threw: boom/),
  'finalize behind queued in a mergeMap': failed(/what follows queued threw: boom/),
  'finalize behind tumbling': failed(/ threw: boom/),

  'a bare subscriber': failed(/a subscriber of source count.* threw: boom/),
  'a bare subscriber behind operators': failed(/a subscriber of call echo.* threw: boom/),
  'a bare subscriber behind mapAsync': failed(/a subscriber of source count.* threw: boom/),
  'a bare subscriber behind queued': failed(/a subscriber of source count.* threw: boom/),
  'a bare subscriber behind tumbling': failed(/a subscriber of source count.* threw: boom/),
  'a bare subscriber behind deadband': failed(/a subscriber of source count.* threw: boom/),
  'a bare complete': failed(/a subscriber of source count.* threw: boom/),
  'a bare error': failed(/a subscriber of source count.* threw: boom/),
  'no error handler': failed(/refused to start count.*: no/, 'ERR_SYMBOL_REFUSED'),
  'no error handler behind mapAsync': failed(/project of mapAsync threw: boom/),
  'a bare subscription returned': failed(/return the Observable/, 'ERR_RULE_BRANCH_UNTRACKED'),

  'a subscriber of stopping$': told(/a subscriber of stopping\$ .* threw: boom/, 'stopped'),
  'an operator on stopping$': told(/a subscriber of stopping\$ .* threw: boom/, 'stopped'),
  'a subscriber of events$ of a source': told(/a subscriber of events\$ of source .* threw: boom/),
  'a subscriber of acks$': told(/a subscriber of sink file.* threw: boom/),
  'a subscriber of pressure$': { phase: 'completed' },
};

describe('a user function that throws', () => {
  const plugin: ScriptedPlugin = scriptedPlugin();
  const printed = new Map<string, Printed>();
  let code: number | null;
  let stderr: string;

  beforeAll(async () => {
    const suffix = plugin.symbol('count').replace('count', '');
    const program = await startProgram('throwing', plugin.dir, suffix, tempFolder());
    const ended = await program.ended;
    ({ code, stderr } = ended);
    for (const line of ended.stdout) {
      const one = JSON.parse(line) as Printed;
      printed.set(one.place, one);
    }
  }, 60_000);

  it('leaves the process alive, in every place and with a logger that throws too', () => {
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect([...printed.keys()]).toEqual([...Object.keys(expected), 'a call outside', 'the end']);
    expect(printed.get('a call outside')).toMatchObject({ code: 'ERR_USER_FUNCTION' });
  });

  it.each(Object.entries(expected))('shows: %s', (place, { phase, code, text = /^/, event = /^/, counted }) => {
    const one = printed.get(place);
    expect(one).toMatchObject({ place, phase, balanced: true, ...(code !== undefined && { error: { code } }) });
    expect(one?.error?.text ?? '').toMatch(text);
    expect(one?.errors.join('\n')).toMatch(event);
    if (counted !== undefined) expect(countsOf(one?.stages ?? {})).toEqual(counted);
  });
});

function countsOf(stages: Readonly<Record<string, StageCounts>>): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { dropped, failed } of Object.values(stages))
    for (const [reason, count] of [...Object.entries(dropped), ...Object.entries(failed)])
      sum[reason] = (sum[reason] ?? 0) + count;
  return sum;
}
