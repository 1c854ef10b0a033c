import { describe, expect, it } from '@jest/globals';
import { Roll } from '../../lib/rule/attendance.js';

function roll() {
  const calls: (readonly string[])[] = [];
  return { roll: new Roll((missing) => calls.push(missing)), calls };
}

describe('the roll of a rule', () => {
  it('names who is missing, each time that changes', () => {
    const { roll: list, calls } = roll();
    const source = list.attend('source a');
    const sink = list.attend('sink b');
    source.present();
    sink.present();
    source.absent();
    sink.absent();
    source.present();
    expect(calls).toEqual([['sink b'], [], ['source a'], ['source a', 'sink b'], ['sink b']]);
  });

  it('says nothing when nothing changes', () => {
    const { roll: list, calls } = roll();
    const source = list.attend('source a');
    source.absent();
    source.present();
    source.present();
    expect(calls).toEqual([[]]);
  });

  it('knows two of one name apart', () => {
    const { roll: list, calls } = roll();
    const [one, two] = [list.attend('source a'), list.attend('source a')];
    one.present();
    two.present();
    expect(calls).toEqual([['source a'], []]);
  });

  it('forgets who leaves', () => {
    const { roll: list, calls } = roll();
    const source = list.attend('source a');
    list.attend('sink b').leave();
    source.present();
    source.leave();
    expect(calls).toEqual([['source a'], []]);
  });

  it('answers when asked, until it is closed', () => {
    const { roll: list, calls } = roll();
    list.call();
    const source = list.attend('source a');
    list.call();
    list.close();
    source.present();
    list.call();
    expect(calls).toEqual([[], ['source a']]);
  });
});
