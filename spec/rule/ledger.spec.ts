import { describe, expect, it } from '@jest/globals';
import { LedgerBook } from '../../lib/rule/ledger.js';

const zero = {
  kind: 'source',
  restarts: 0,
  pauses: 0,
  peak: 0,
  received: 0,
  passed: 0,
  dropped: {},
  failed: {},
  inFlight: 0,
};

describe('the ledger of a rule', () => {
  it('numbers stages of one name from the second on, in their keys only', () => {
    const book = new LedgerBook();
    for (const name of ['a', 'a', 'b', 'a']) book.stage('source', name);
    book.stage('sink', 'a');
    const { stages } = book.read();
    expect(Object.entries(stages).map(([key, { kind, name }]) => [key, kind, name])).toEqual([
      ['source a', 'source', 'a'],
      ['source a 2', 'source', 'a'],
      ['source b', 'source', 'b'],
      ['source a 3', 'source', 'a'],
      ['sink a', 'sink', 'a'],
    ]);
  });

  it('reads the counters as they are now, and the depth from the stage', () => {
    const book = new LedgerBook();
    let depth = 0;
    const stage = book.stage('call', 'f', () => depth);
    stage.received = 7;
    stage.passed = 2;
    stage.drop('overflow', 2);
    stage.fail('ERR_CALL_TIMEOUT');
    expect(book.read().balanced).toBe(false);
    depth = 2;
    expect(book.read()).toEqual({
      stages: {
        'call f': {
          kind: 'call',
          restarts: 0,
          pauses: 0,
          peak: 0,
          name: 'f',
          received: 7,
          passed: 2,
          dropped: { overflow: 2 },
          failed: { ERR_CALL_TIMEOUT: 1 },
          inFlight: 2,
        },
      },
      balanced: true,
    });
  });

  it('adds runs up, stage by stage and reason by reason', () => {
    const book = new LedgerBook();
    const first = book.stage('source', 'a');
    first.started();
    first.received = 5;
    first.passed = 4;
    first.drop('decode');
    book.fold();
    const second = book.stage('source', 'a');
    second.started();
    second.started();
    second.received = 3;
    second.passed = 1;
    second.drop('stopped');
    second.drop('decode');
    const both = {
      kind: 'source',
      restarts: 1,
      pauses: 0,
      peak: 0,
      name: 'a',
      received: 8,
      passed: 5,
      dropped: { decode: 2, stopped: 1 },
      failed: {},
      inFlight: 0,
    };
    expect(book.read()).toEqual({ stages: { 'source a': both }, balanced: true });
    expect(book.dropped()).toEqual({ decode: 2, stopped: 1 });
    book.fold();
    expect(book.read().stages).toEqual({ 'source a': both });
  });

  it('gives the key of a stage that has ended to the next one of that name, and adds both up', () => {
    const book = new LedgerBook();
    for (let i = 0; i < 3; i += 1) {
      const stage = book.stage('call', 'f');
      stage.received = stage.passed = i + 1;
      stage.end();
    }
    const open = book.stage('call', 'f');
    open.received = open.passed = 10;
    book.stage('call', 'f');
    const { stages } = book.read();
    expect(Object.keys(stages)).toEqual(['call f', 'call f 2']);
    expect(stages['call f']).toMatchObject({ received: 16, passed: 16 });
  });

  it('keeps what only a former run had', () => {
    const book = new LedgerBook();
    book.stage('source', 'a').received = 0;
    book.fold();
    book.stage('source', 'b');
    expect(book.read().stages).toEqual({ 'source a': { ...zero, name: 'a' }, 'source b': { ...zero, name: 'b' } });
  });

  it('is in balance without stages', () => {
    expect(new LedgerBook().read()).toEqual({ stages: {}, balanced: true });
  });
});
