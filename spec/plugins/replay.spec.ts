import { describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom, toArray } from 'rxjs';
import { type TestContext, testSource, type TestTuple } from 'rxport/sdk/testing';
import { paceOf } from '../../plugins/replay/pace.js';
import { replay } from '../../plugins/replay/replay.js';
import { rowsOf } from '../../plugins/replay/rows.js';
import { settingsOf } from '../../plugins/replay/settings.js';
import { noLog } from '../helpers/plugin-log.js';
import { root } from '../helpers/toolchains.js';
import { tempFolder } from '../helpers/unique.js';

const data = `${root}node_modules/vega-datasets/data`;

function file(name: string, text: string): string {
  const path = join(tempFolder(), name);
  writeFileSync(path, text);
  return path;
}

const played = (dataSource: string, config: TestContext['config'] = {}): Promise<TestTuple[]> =>
  firstValueFrom(testSource(replay, { dataSource, config, log: noLog }).pipe(toArray()));

const messages = async (dataSource: string, config: TestContext['config'] = {}): Promise<unknown[]> =>
  (await played(dataSource, config)).map(({ message }) => message);

describe('a CSV file', () => {
  it('becomes one object a row, typed by how values look', async () => {
    const path = file(
      'all.csv',
      '\uFEFFint,float,exp,bool,empty,text,zip,long\n-1,0.5,1e3,true,,"a, ""b""\nc",007,12345678901234567890\n\n',
    );
    const long = '12345678901234567890';
    expect(await messages(path)).toEqual([
      { int: -1, float: 0.5, exp: 1_000, bool: true, empty: null, text: 'a, "b"\nc', zip: '007', long },
    ]);
  });

  it('is typed by `types` where they are given', async () => {
    const path = file('types.csv', 'a,b,c,d\n1,1,07,\n');
    const types = { a: 'string', b: 'boolean', c: 'number', d: 'number' };
    expect(await messages(path, { types })).toEqual([{ a: '1', b: true, c: 7, d: null }]);
  });

  it('may have columns with the names of what every object has', async () => {
    const path = file('odd.csv', 'constructor,__proto__,toString\n1,a,\n');
    const [message] = await messages(path);
    expect(JSON.stringify(message)).toBe('{"constructor":1,"__proto__":"a","toString":null}');
  });

  it('may have another separator', async () => {
    expect(await messages(file('semi.csv', 'a;b\n1;2\n'), { separator: ';' })).toEqual([{ a: 1, b: 2 }]);
    expect(await messages(file('tab.tsv', 'a\tb\n1\t2\n'))).toEqual([{ a: 1, b: 2 }]);
  });

  it('is read as it is played', async () => {
    const path = file('long.csv', `a\n${'0123456789\n'.repeat(200_000)}`);
    let count = 0;
    for await (const _ of rowsOf(settingsOf(path, {}))) {
      count += 1;
      if (count === 1) truncateSync(path);
    }
    expect(count).toBeLessThan(100_000);
  });

  it('of a real data set comes whole', async () => {
    const days = await played(`${data}/seattle-weather.csv`, { time: 'date' });
    expect(days.length).toBe(1_461);
    expect(days[0]).toEqual({
      message: { date: '2012-01-01', precipitation: 0, temp_max: 12.8, temp_min: 5, wind: 4.7, weather: 'drizzle' },
      meta: { event_time_ms: Date.UTC(2012, 0, 1) },
    });
  });
});

describe('a JSON file', () => {
  it('is a list', async () => {
    expect(await messages(file('list.json', '[{"a":1},{"a":"2"}]'))).toEqual([{ a: 1 }, { a: '2' }]);
    expect(await messages(file('bom.json', '\uFEFF[{"a":1}]'))).toEqual([{ a: 1 }]);
  });

  it('holds a list, with event times inside its values', async () => {
    const config = { list: 'features', time: 'properties.time', limit: 2 };
    const quakes = await played(`${data}/earthquakes.json`, config);
    expect(quakes.map(({ meta }) => meta)).toEqual([{ event_time_ms: 1_517_966_773_840 }, expect.anything()]);
  });

  it('has one object a line', async () => {
    const path = file('lines.ndjson', '{"a":"ä"}\r\n\n{"a":2}');
    expect(await messages(path)).toEqual([{ a: 'ä' }, { a: 2 }]);
    expect(await messages(file('bom.ndjson', '\uFEFF{"a":1}\n{"a":"\uFEFF"}\n'))).toEqual([{ a: 1 }, { a: '\uFEFF' }]);
    expect(await messages(file('lines.log', '{"a":1}\n'), { fileFormat: 'ndjson' })).toEqual([{ a: 1 }]);
  });
});

describe('event times', () => {
  it.each([
    ['1325376000000', Date.UTC(2012, 0, 1)],
    ['2012-01-01', Date.UTC(2012, 0, 1)],
    ['2012/07/01', Date.UTC(2012, 6, 1)],
    ['2012-01-01T06:30:15.5', Date.UTC(2012, 0, 1, 6, 30, 15, 500)],
    ['2012/01/01 06:30', Date.UTC(2012, 0, 1, 6, 30)],
    ['2012-01-01T06:30+02:00', Date.UTC(2012, 0, 1, 4, 30)],
  ])('are read from %s', async (text, time) => {
    const [tuple] = await played(file('time.csv', `at\n${text}\n`), { time: 'at' });
    expect(tuple?.meta).toEqual({ event_time_ms: time });
  });
});

describe('how often', () => {
  const path = file('three.csv', 'a\n1\n2\n3\n');

  it.each([
    [{ repeat: 2 }, [1, 2, 3, 1, 2, 3]],
    [{ limit: 2 }, [1, 2]],
    [{ repeat: true, limit: 7 }, [1, 2, 3, 1, 2, 3, 1]],
    [{ repeat: 0 }, []],
  ])('%j', async (config, values) => {
    expect(await messages(path, config)).toEqual(values.map((a) => ({ a })));
  });

  it('ends with an empty file, however often it is to be played', async () => {
    expect(await messages(file('empty.csv', 'a,b\n'), { repeat: true })).toEqual([]);
    expect(await messages(file('empty.ndjson', ''), { repeat: true })).toEqual([]);
  });
});

describe('the pace', () => {
  const times = file('times.csv', 'at\n1000\n1020\n1060\n');

  it.each([
    ['a rate', { rate: 50 }, 40],
    ['event time', { time: 'at', speed: 1 }, 60],
    ['twice event time', { time: 'at', speed: 2 }, 30],
    ['event time in each pass', { time: 'at', speed: 2, repeat: 2 }, 60],
  ])('is that of %s', async (_, config, least) => {
    const start = performance.now();
    await played(times, config);
    expect(performance.now() - start).toBeGreaterThanOrEqual(least - 1);
  });

  it('does not outlive a stop', async () => {
    const stop = new AbortController();
    const wait = paceOf({ speed: 1, rate: 0 }, stop.signal);
    await wait({ pass: 0, played: 0, at: 0 });
    const years = wait({ pass: 0, played: 1, at: 1e11 });
    stop.abort();
    await years;
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });
});

describe('what can not be played', () => {
  const one = file('one.csv', 'a\n1\n');

  it.each<[string, string | undefined, TestContext['config'], string]>([
    ['no file', '', {}, 'dataSource is "": give the path of a file'],
    ['a missing file', '/no/such.csv', {}, '/no/such.csv can not be read: ENOENT'],
    ['an unknown format', file('a.xml', ''), {}, 'give one of csv, ndjson, json'],
    ['a wrong format', one, { fileFormat: 'xml' }, 'fileFormat is "xml"'],
    ['two paces', one, { rate: 1, speed: 1, time: 'a' }, 'speed and rate are both set'],
    ['a speed without time', one, { speed: 1 }, 'speed is set without time'],
    ['a negative rate', one, { rate: -1 }, 'rate is -1: give a number from 0 up'],
    ['an unknown type', one, { types: { a: 'date' } }, 'types is {"a":"date"}'],
    ['a number for a path', one, { time: 5 }, 'time is 5: give text'],
  ])('is refused: %s', async (_, dataSource, config, text) => {
    await expect(played(dataSource ?? '', config)).rejects.toThrow(text);
  });

  it.each<[string, string, string, TestContext['config'], string]>([
    ['a short row', 'a.csv', 'a,b\n1,2\n3\n', {}, 'a.csv line 3: Invalid Record Length'],
    ['an open quote', 'a.csv', 'a,b\n1,"2\n', {}, 'a.csv line 2: Quote Not Closed'],
    ['a wrong type', 'a.csv', 'a\n1\nx\n', { types: { a: 'number' } }, 'a.csv line 3: a is "x": no number'],
    ['a wrong time', 'a.csv', 'a\n1\nx\n', { time: 'a' }, 'a.csv line 3: a is "x": no time'],
    ['no time', 'a.ndjson', '{"a":1}\n{}\n', { time: 'a' }, 'a.ndjson line 2: a is undefined: no time'],
    ['a broken line', 'a.ndjson', '{"a":1}\n{"a":\n', {}, 'a.ndjson line 2: Unexpected end of JSON input'],
    ['a list in a line', 'a.ndjson', '[1]\n', {}, 'a.ndjson line 1: [1] is no object'],
    ['broken JSON', 'a.json', '[\n{"a":1},\n{"a" 1}\n]', {}, 'a.json line 3: '],
    ['no list', 'a.json', '{"features":[]}', {}, 'a.json has no list at its top level; name the property'],
    ['no list there', 'a.json', '{"a":{"b":1}}', { list: 'a.b' }, 'a.json has no list at a.b'],
    ['a number in a list', 'a.json', '[{},1]', {}, 'a.json record 2: 1 is no object'],
  ])('names file and line: %s', async (_, name, text, config, message) => {
    await expect(played(file(name, text), config)).rejects.toThrow(message);
  });
});
