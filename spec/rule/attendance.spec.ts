import { describe, expect, it } from '@jest/globals';
import { Roll } from '../../lib/rule/attendance.js';

function roll() {
  const calls: (readonly string[])[] = [];
  return { roll: new Roll((missing) => calls.push(missing)), calls };
}

const moment = (): Promise<void> => Promise.resolve();

describe('the roll of a rule', () => {
  it('names who is missing, each time that changes', () => {
    const { roll: list, calls } = roll();
    const source = list.attend('source a');
    const sink = list.attend('sink b');
    list.call();
    source.present();
    sink.present();
    source.absent();
    sink.absent();
    source.present();
    const both = ['source a', 'sink b'];
    expect(calls).toEqual([both, ['sink b'], [], ['source a'], both, ['sink b']]);
  });

  it('says nothing when nothing changes', () => {
    const { roll: list, calls } = roll();
    const source = list.attend('source a');
    list.call();
    source.absent();
    source.present();
    source.present();
    expect(calls).toEqual([['source a'], []]);
  });

  it('knows two of one name apart', () => {
    const { roll: list, calls } = roll();
    const [one, two] = [list.attend('source a'), list.attend('source a')];
    list.call();
    one.present();
    two.present();
    expect(calls).toEqual([['source a', 'source a'], ['source a'], []]);
  });

  it('forgets who leaves', async () => {
    const { roll: list, calls } = roll();
    const source = list.attend('source a');
    const sink = list.attend('sink b');
    list.call();
    sink.leave();
    await moment();
    source.present();
    source.leave();
    await moment();
    expect(calls).toEqual([['source a', 'sink b'], ['source a'], []]);
  });

  it('answers when asked, until it is closed', () => {
    const { roll: list, calls } = roll();
    list.call();
    list.call();
    list.close();
    list.attend('source a').absent();
    list.call();
    expect(calls).toEqual([[], []]);
  });

  it('names who comes later, unless he is there at once or has gone', async () => {
    const { roll: list, calls } = roll();
    list.call();
    list.attend('function a').present();
    list.attend('function b').leave();
    await moment();
    expect(calls).toEqual([[]]);
    const source = list.attend('source c');
    await moment();
    source.present();
    expect(calls).toEqual([[], ['source c'], []]);
  });

  it('says nothing when one that is missing takes the place of another of its name, as in a switchMap', async () => {
    const { roll: list, calls } = roll();
    let last = list.attend('function f');
    const source = list.attend('source a');
    list.call();
    for (let i = 0; i < 3; i += 1) {
      last.leave();
      last = list.attend('function f');
      await moment();
    }
    const both = ['function f', 'source a'];
    expect(calls).toEqual([both]);
    source.present();
    last.leave();
    await moment();
    expect(calls).toEqual([both, ['function f'], []]);
  });

  it('says nothing before it is asked: not all have come', () => {
    const { roll: list, calls } = roll();
    list.attend('function a').present();
    list.attend('source b');
    expect(calls).toEqual([]);
    list.call();
    expect(calls).toEqual([['source b']]);
  });
});
