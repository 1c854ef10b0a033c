import { describe, expect, it } from '@jest/globals';
import { type Claim, comingTogether, takenId } from '../../lib/service/rule-ids.js';

/** `a: x y` */
const claims = (...texts: string[]): Claim[] =>
  texts.map((text) => {
    const [file = '', ids = ''] = text.split(': ');
    return { file, ids: ids.split(' ').filter((id) => id !== '') };
  });
const [NEW] = claims('new: x y');

describe('an id', () => {
  it.each<[string, string[], unknown]>([
    ['is free while no other file has it', ['a: z'], undefined],
    ['is taken by another file', ['a: z', 'b: y'], { id: 'y', owner: 'b' }],
    ['is not taken by what the file itself had', ['new: x y'], undefined],
  ])('%s', (_, others, expected) => {
    expect(takenId(NEW!, claims(...others))).toEqual(expected);
  });

  it('is in a list once', () => {
    expect(takenId({ file: 'a', ids: ['x', 'x'] }, [])).toEqual({ id: 'x', owner: 'the same list' });
  });
});

describe('files that were refused', () => {
  it.each<[string, string[], string[], string[]]>([
    ['come together when they swap ids', ['a: y', 'b: x'], ['a: x', 'b: y'], ['a', 'b']],
    ['come together in a circle', ['a: y', 'b: z', 'c: x'], ['a: x', 'b: y', 'c: z'], ['a', 'b', 'c']],
    ['come when the other has given the id up', ['a: x y'], ['a: x', 'b: z'], ['a']],
    ['stay refused for one that stands', ['a: y'], ['a: x', 'b: y'], []],
    ['stay refused when one of a circle does', ['a: y', 'b: x s'], ['a: x', 'b: y', 'c: s'], []],
    ['of two that want the same the first comes', ['a: z', 'b: z'], ['a: x', 'b: y'], ['a']],
    ['stay refused for an id twice', ['a: y y'], ['a: x'], []],
  ])('%s', (_, refused, standing, expected) => {
    expect(comingTogether(claims(...refused), claims(...standing)).map(({ file }) => file)).toEqual(expected);
  });
});
