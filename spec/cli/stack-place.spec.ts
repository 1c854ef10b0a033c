import { describe, expect, it } from '@jest/globals';
import { placeIn } from '../../lib/cli/stack-place.js';

describe('the place that a stack names', () => {
  it.each([
    ['a function', '    at go (/rules/a.ts:4:26)', '/rules/a.ts:4:26'],
    ['no function', '    at /rules/a.ts:4:26', '/rules/a.ts:4:26'],
    ['a method with another name', '    at Timeout.go [as _onTimeout] (/rules/a.ts:4:9)', '/rules/a.ts:4:9'],
    ['an async function', '    at async go (/rules/a.ts:4:26)', '/rules/a.ts:4:26'],
    ['the top level of an async module', '    at async /rules/a.ts:4:26', '/rules/a.ts:4:26'],
    ['an address', '    at file:///rules/a%20b.mjs:1:2', '/rules/a b.mjs:1:2'],
    ['an address with a slash in a name', '    at file:///a%2Fb.mjs:1:2', 'file:///a%2Fb.mjs:1:2'],
    ['an address that is none', '    at go (file:///rules/%zz.mjs:1:2)', 'file:///rules/%zz.mjs:1:2'],
    ['a path with a space', '    at go (/my rules/a.ts:4:26)', '/my rules/a.ts:4:26'],
    ['nothing but Node', '    at listOnTimeout (node:internal/timers:581:17)', undefined],
    ['nothing but packages', '    at next (/x/node_modules/rxjs/dist/cjs/a.js:1:2)', undefined],
    ['nothing but rxport', '    at run (/opt/rxport/dist/lib/host.js:1:2)', undefined],
    ['no file', '    at <anonymous>', undefined],
  ])('%s', (_, frame, place) => {
    expect(placeIn(`Error: broken at /not/this.ts:1:1\n${frame}`, '/opt/rxport/dist/')).toBe(place);
  });

  it('is the first one that is of the user', () => {
    const stack = [
      'TypeError: x',
      '    at n (node:internal/a:1:1)',
      '    at p (/rules/node_modules/p/i.js:1:1)',
      '    at one (/rules/one.ts:1:1)',
      '    at two (/rules/two.ts:1:1)',
    ];
    expect(placeIn(stack.join('\n'), '/opt/')).toBe('/rules/one.ts:1:1');
  });

  it('is looked for in the first hundred lines of what somebody has made up', () => {
    expect(placeIn('x\n'.repeat(200) + '    at go (/a.ts:1:1)', '/opt/')).toBeUndefined();
  });
});
