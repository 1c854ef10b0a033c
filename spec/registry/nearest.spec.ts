import { expect, it } from '@jest/globals';
import { nearest } from '../../lib/registry/nearest.js';

const names = ['thermo', 'random', 'echo'];

it.each([
  ['thermi', 'thermo'],
  ['Thermo', 'thermo'],
  ['termo', 'thermo'],
  ['rndm', undefined],
  ['randmo', 'random'],
  ['ech', 'echo'],
  ['eo', undefined],
  ['alarm', undefined],
  ['', undefined],
])('nearest(%j) is %j', (text, expected) => {
  expect(nearest(text, names)).toBe(expected);
});

it('takes the nearest of several', () => {
  expect(nearest('sink-12', ['sink-34', 'sink-13'])).toBe('sink-13');
});
