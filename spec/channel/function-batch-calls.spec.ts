import { describe, expect, it } from '@jest/globals';
import { batching, exec, results, withTwoOut } from '../helpers/batching-end.js';
import { result, stopped } from '../helpers/function-end.js';

describe('a call in a batch', () => {
  it('that is late fails alone; the others have their own time', async () => {
    const { clock, outcomes, process } = await mixed();
    clock.advance(150);
    expect(await outcomes(2)).toEqual(['a: result 1', 'b: ERR_CALL_TIMEOUT']);
    process.says(results([2, 3]));
    expect(await outcomes(3)).toEqual(['a: result 1', 'b: ERR_CALL_TIMEOUT', 'c: result 3']);
  });

  it('that is late is not sent again when it was not made', async () => {
    const { clock, outcomes, process } = await mixed();
    clock.advance(150);
    await outcomes(2);
    process.says(results([2], { rest: 1 }));
    expect((await process.heard(3)).at(-1)).toBe(exec('c'));
  });

  it('keeps its process busy when all are late, until the answer has come', async () => {
    const { clock, outcomes, process, submit } = await mixed();
    submit(exec('d'));
    clock.advance(1_100);
    expect(await outcomes(3)).toEqual(['a: result 1', 'b: ERR_CALL_TIMEOUT', 'c: ERR_CALL_TIMEOUT']);
    expect(process.received).toHaveLength(2);
    process.says(results([2, 3]));
    expect((await process.heard(3)).at(-1)).toBe(exec('d'));
    process.says(result(4));
    expect((await outcomes(4)).at(-1)).toBe('d: result 4');
  });

  it('whose process dies goes out once more, alone: a second death is of its own doing', async () => {
    const { process, join, outcomes } = await withTwoOut();
    process.close();
    const second = await join();
    expect(await second.heard(1)).toEqual([exec('b')]);
    second.close();
    expect(await outcomes(2)).toEqual(['a: result 1', 'b: ERR_CALL_LOST']);
    const third = await join();
    expect(await third.heard(1)).toEqual([exec('c')]);
    third.says(result(3));
    await third.heard(2);
    third.says(result(4));
    expect(await outcomes(4)).toEqual(['a: result 1', 'b: ERR_CALL_LOST', 'c: result 3', 'd: result 4']);
  });

  it('that must not be repeated is lost; the others are repeated', async () => {
    const { process, join, outcomes, b } = await withTwoOut();
    b.whenLost = 'error';
    process.close();
    expect(await outcomes(2)).toEqual(['a: result 1', 'b: ERR_CALL_LOST']);
    expect(await (await join()).heard(1)).toEqual([exec('c')]);
  });

  it('fails when the channel closes', async () => {
    const { channel, outcomes } = await withTwoOut();
    await channel.close(stopped);
    expect((await outcomes(4)).slice(1).toSorted()).toEqual(
      ['b', 'c', 'd'].map((name) => `${name}: ERR_PLUGIN_STOPPED`),
    );
  });

  /** `b`, with 100 ms, and `c`, with a second, are out together. */
  async function mixed() {
    const end = await batching();
    end.submit(exec('a'));
    end.submit(exec('b'), { timeout: 100 });
    end.submit(exec('c'));
    const process = await end.join();
    await process.heard(1);
    process.says(result(1));
    await process.heard(2);
    return { ...end, process };
  }
});
