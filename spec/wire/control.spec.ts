import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Control,
  controlKey,
  decodeCommand,
  encodeCommand,
  FUNCTION_META,
  functionControl,
  OK,
  sinkControl,
  sourceControl,
} from '../../lib/wire/control.js';

const meta = { ruleId: 'rule1', opId: 'op1', instanceId: 0 };

describe('a command', () => {
  it('starts a source in the bytes of the contract', () => {
    const control: Control = {
      symbolName: 'random',
      meta,
      pluginType: 'source',
      dataSource: 'topic',
      datasource: 'topic',
      config: {},
    };
    expect(encodeCommand('start', control)).toBe(
      String.raw`{"cmd":"start","arg":"{\"symbolName\":\"random\",\"meta\":{\"ruleId\":\"rule1\",\"opId\":\"op1\",\"instanceId\":0},\"pluginType\":\"source\",\"dataSource\":\"topic\",\"datasource\":\"topic\",\"config\":{}}"}`,
    );
  });

  it('starts a sink in the bytes of the contract', () => {
    expect(encodeCommand('start', sinkControl('file', { ...meta, opId: 'op2' }, {}))).toBe(
      String.raw`{"cmd":"start","arg":"{\"symbolName\":\"file\",\"meta\":{\"ruleId\":\"rule1\",\"opId\":\"op2\",\"instanceId\":0},\"pluginType\":\"sink\",\"config\":{}}"}`,
    );
  });

  it('starts a function in the bytes of the contract', () => {
    expect(encodeCommand('start', functionControl('echo'))).toBe(
      String.raw`{"cmd":"start","arg":"{\"symbolName\":\"echo\",\"meta\":{\"ruleId\":\"\",\"opId\":\"\",\"instanceId\":0},\"pluginType\":\"func\"}"}`,
    );
    expect(FUNCTION_META).toEqual({ ruleId: '', opId: '', instanceId: 0 });
  });

  it('stops in the bytes of the contract', () => {
    expect(encodeCommand('stop', sinkControl('file', meta, {}))).toBe(
      String.raw`{"cmd":"stop","arg":"{\"symbolName\":\"file\",\"meta\":{\"ruleId\":\"rule1\",\"opId\":\"op1\",\"instanceId\":0},\"pluginType\":\"sink\",\"config\":{}}"}`,
    );
    expect(OK).toBe('ok');
  });

  it('is read back as it was written, whatever its strings hold', () => {
    const text = fc.string({ unit: 'binary' });
    const controls = fc.record(
      {
        symbolName: text,
        meta: fc.record({ ruleId: text, opId: text, instanceId: fc.nat() }),
        pluginType: fc.constantFrom('source' as const, 'sink' as const, 'func' as const),
        dataSource: text,
        datasource: text,
        config: fc.dictionary(
          text.filter((key) => key !== '__proto__'),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: ['symbolName', 'meta', 'pluginType'] },
    );
    fc.assert(
      fc.property(fc.constantFrom('start' as const, 'stop' as const), controls, (verb, control) => {
        const sent = JSON.parse(JSON.stringify(control)) as unknown;
        expect(decodeCommand(encodeCommand(verb, control as Control), 'x')).toEqual({ verb, control: sent });
      }),
    );
  });

  it('may hold keys and verbs that we do not know', () => {
    const arg = JSON.stringify({ ...sinkControl('file', meta, {}), more: 1 });
    expect(decodeCommand(JSON.stringify({ cmd: 'dance', arg, more: 1 }), 'x')).toMatchObject({
      verb: 'dance',
      control: { symbolName: 'file' },
    });
  });

  it.each([
    ['no JSON', 'dance', /^\/tmp\/x\.ipc: not JSON: Unexpected token/],
    ['an empty text', '', /not JSON: Unexpected end/],
    ['no object', '5', /Invalid value 5 supplied to : .*cmd/],
    ['null', 'null', /Invalid value null supplied to/],
    ['no verb', '{"arg":"{}"}', /Invalid value undefined supplied to : .*\/cmd: string/],
    ['an argument that is no string', '{"cmd":"start","arg":{}}', /Invalid value \{\} supplied to : .*\/arg: string/],
    ['an argument that is no JSON', '{"cmd":"start","arg":"no"}', /not JSON: Unexpected token/],
    ['no symbol', '{"cmd":"start","arg":"{}"}', /\/symbolName: string/],
    [
      'a wrong kind',
      JSON.stringify({ cmd: 'start', arg: JSON.stringify({ symbolName: 'a', meta, pluginType: 'function' }) }),
      /Invalid value "function" supplied to : .*\/pluginType/,
    ],
    [
      'a rule id that is no string',
      JSON.stringify({
        cmd: 'start',
        arg: JSON.stringify({ symbolName: 'a', meta: { ...meta, ruleId: 5 }, pluginType: 'sink' }),
      }),
      /Invalid value 5 supplied to : .*\/meta: .*\/ruleId: string/,
    ],
  ])('is refused with the path of what is wrong: %s', (_, text, message) => {
    expect(() => decodeCommand(text, '/tmp/x.ipc')).toThrow(
      expect.objectContaining({ code: 'ERR_MESSAGE_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('is refused in few words, however much it holds', () => {
    const text = JSON.stringify({ cmd: 'start', arg: Array(100_000).fill(0) });
    expect(() => decodeCommand(text, '/tmp/x.ipc')).toThrow(/^.{1,500}$/);
  });
});

describe('the START of a source', () => {
  it('names its data source three times, for the three readers', () => {
    expect(sourceControl('random', meta, 'topic', { interval: 5 })).toEqual({
      symbolName: 'random',
      meta,
      pluginType: 'source',
      dataSource: 'topic',
      datasource: 'topic',
      config: { interval: 5, datasource: 'topic' },
    });
  });

  it('names none where there is none, and its config is never null', () => {
    const control = sourceControl('random', meta, undefined, {});
    expect(control).toEqual({ symbolName: 'random', meta, pluginType: 'source', config: {} });
    expect(encodeCommand('start', control)).not.toContain('null');
  });

  it('prefers the data source that was given to one in the config', () => {
    const { config } = sourceControl('random', meta, 'given', { datasource: 'configured' });
    expect(config).toEqual({ datasource: 'given' });
  });
});

describe('the key of a running symbol', () => {
  it('tells apart kind, symbol, rule, operator and instance', () => {
    const controls: Control[] = [
      sinkControl('a', meta, {}),
      sourceControl('a', meta, undefined, {}),
      functionControl('a'),
      sinkControl('b', meta, {}),
      sinkControl('a', { ...meta, ruleId: 'rule2' }, {}),
      sinkControl('a', { ...meta, opId: 'op2' }, {}),
      sinkControl('a', { ...meta, instanceId: 1 }, {}),
    ];
    expect(new Set(controls.map(controlKey)).size).toBe(controls.length);
    expect(controlKey(sinkControl('a', meta, { any: 1 }))).toBe(controlKey(controls[0]!));
  });
});
