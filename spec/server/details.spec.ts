import { expect, it } from '@jest/globals';
import { RxportError } from '../../lib/errors.js';
import { detailsOf } from '../../lib/server/details.js';

const told = (details: Readonly<Record<string, unknown>>, said = ''): unknown =>
  detailsOf(new RxportError('ERR_INTERNAL', said, { details }), said);

const deep = { a: { b: { c: { d: { e: 1 } } } } };

it.each<[string, Readonly<Record<string, unknown>>, unknown]>([
  ['nothing', {}, undefined],
  ['plain values', { a: 'x', b: 1, c: false, d: null }, { a: 'x', b: 1, c: false, d: null }],
  ['lists and records', { a: ['x', 1], b: { c: ['y'] } }, { a: ['x', 1], b: { c: ['y'] } }],
  ['what JSON can not say', { a: undefined, b: 1n, c: NaN, d: () => 1, e: Symbol('s'), f: Infinity }, undefined],
  ['what has a class', { a: new Error('/x'), b: new Map([[1, 2]]), c: Buffer.from('x'), d: [new Date()] }, { d: [] }],
  ['what nests deeply', deep, { a: { b: { c: {} } } }],
  ['what is long', { a: Array.from({ length: 200 }, () => 1) }, { a: Array.from({ length: 100 }, () => 1) }],
  ['a path that the text does not name', { dir: '/home/me', file: 'lib/a.py' }, { file: 'lib/a.py' }],
  [
    'a path in a line',
    { output: ['File "/usr/lib/a.py", line 1', 'x=/etc', 'and/or', './a'] },
    { output: ['and/or', './a'] },
  ],
  ['a file by its address', { uri: 'file:///srv/a.zip' }, undefined],
  ['an address in the net', { uri: 'https://example.com/a.zip' }, { uri: 'https://example.com/a.zip' }],
])('of the facts behind an error, tells %s', (_, details, expected) => {
  expect(told(details)).toEqual(expected);
});

it('tells a path that the text names', () => {
  expect(told({ dir: '/srv/p' }, 'plugin p is there already (/srv/p)')).toEqual({ dir: '/srv/p' });
});

it('does not go round a circle', () => {
  const circle: Record<string, unknown> = { a: 1 };
  circle['again'] = circle;
  expect(JSON.stringify(told(circle))).toBe('{"a":1,"again":{"a":1,"again":{"a":1,"again":{"a":1}}}}');
});
