import { describe, expect, it } from '@jest/globals';
import { type Answer, Exchange } from '../../lib/control/exchange.js';
import { callTimeout, commandLost, frameTooLarge } from '../../lib/errors.js';
import type { RepPeer } from '../../lib/sp/rep.js';

const LIMIT = 100;

/** A requester: it can be answered once for each time that it has asked. */
class FakePeer {
  readonly replies: string[] = [];
  asked = false;

  reply(body: string): boolean {
    if (!this.asked) return false;
    if (body.length > LIMIT) throw frameTooLarge('x.ipc', body.length, LIMIT);
    this.replies.push(body);
    this.asked = false;
    return true;
  }
}

function conversation() {
  const peer = new FakePeer();
  const exchange = new Exchange(peer as unknown as RepPeer, 'x.ipc');
  const answers: unknown[] = [];
  return {
    peer,
    exchange,
    answers,
    /** A request under a new id. */
    says: (text: string): void => {
      peer.asked = true;
      exchange.heard(Buffer.from(text));
    },
    ask: (question: string): void => exchange.ask(question, (answer) => answers.push(shown(answer))),
  };
}

const shown = (answer: Answer): unknown =>
  answer.ok ? answer.body.toString() : { code: answer.error.code, sent: answer.sent };

const late = callTimeout('f', 10);
const lost = commandLost('p');

describe('an exchange', () => {
  it('is free once the peer has been heard, and until it is asked', () => {
    const { exchange, says, ask } = conversation();
    expect(exchange.free).toBe(false);
    says('handshake');
    expect(exchange.free).toBe(true);
    ask('one');
    expect(exchange.free).toBe(false);
    says('ok');
    expect(exchange.free).toBe(true);
  });

  it('takes the next request for the answer', () => {
    const { peer, answers, says, ask } = conversation();
    says('handshake');
    ask('one');
    expect(peer.replies).toEqual(['one']);
    says('ok');
    ask('two');
    says('no');
    expect(peer.replies).toEqual(['one', 'two']);
    expect(answers).toEqual(['ok', 'no']);
  });

  it('drops what is said while no question is out', () => {
    const { exchange, peer, answers, says, ask } = conversation();
    for (const text of ['handshake', 'handshake', 'stray']) says(text);
    expect(peer.replies).toEqual([]);
    expect(exchange.free).toBe(true);
    ask('one');
    says('ok');
    expect(answers).toEqual(['ok']);
  });

  it('asks again whenever the peer says handshake', () => {
    const { peer, answers, says, ask } = conversation();
    says('handshake');
    ask('one');
    says('handshake');
    says('handshake');
    expect(peer.replies).toEqual(['one', 'one', 'one']);
    expect(answers).toEqual([]);
    says('ok');
    expect(answers).toEqual(['ok']);
  });

  it.each(['host unreachable', 'handshake failed', 'Handshake', 'handshake {"v":1}', 'h', ''])(
    'takes the text "%s" for an answer',
    (text) => {
      const { peer, answers, says, ask } = conversation();
      says('handshake');
      ask('one');
      says(text);
      expect(answers).toEqual([text]);
      expect(peer.replies).toEqual(['one']);
    },
  );

  it('keeps a question until the peer has been heard', () => {
    const { exchange, peer, answers, says, ask } = conversation();
    ask('one');
    expect(exchange.free).toBe(false);
    expect(peer.replies).toEqual([]);
    // Not the answer: the question had not been put.
    says('ok');
    expect(peer.replies).toEqual(['one']);
    says('done');
    expect(answers).toEqual(['done']);
  });

  it('can be asked again from within an answer', () => {
    const { exchange, peer, answers, says, ask } = conversation();
    says('handshake');
    exchange.ask('one', () => ask('two'));
    says('1');
    expect(peer.replies).toEqual(['one', 'two']);
    says('2');
    expect(answers).toEqual(['2']);
  });

  it('is busy after it has given up, until the late answer has come, which it drops', () => {
    const { exchange, peer, answers, says, ask } = conversation();
    says('handshake');
    ask('one');
    exchange.abandon(late);
    expect(answers).toEqual([{ code: 'ERR_CALL_TIMEOUT', sent: true }]);
    expect(exchange.free).toBe(false);
    says('too late');
    expect(exchange.free).toBe(true);
    ask('two');
    says('in time');
    expect(peer.replies).toEqual(['one', 'two']);
    expect(answers).toEqual([{ code: 'ERR_CALL_TIMEOUT', sent: true }, 'in time']);
  });

  it('does not put a question again that it has given up', () => {
    const { exchange, peer, says, ask } = conversation();
    says('handshake');
    ask('one');
    exchange.abandon(late);
    says('handshake');
    expect(peer.replies).toEqual(['one']);
    expect(exchange.free).toBe(true);
  });

  it('waits for no late answer to a question that was never put', () => {
    const { exchange, answers, says } = conversation();
    exchange.ask('one', (answer) => answers.push(shown(answer)));
    exchange.abandon(late);
    expect(answers).toEqual([{ code: 'ERR_CALL_TIMEOUT', sent: false }]);
    says('handshake');
    expect(exchange.free).toBe(true);
  });

  it('gives up nothing when nothing is out', () => {
    const { exchange, answers, says } = conversation();
    says('handshake');
    exchange.abandon(late);
    expect(exchange.free).toBe(true);
    expect(answers).toEqual([]);
  });

  it('answers a question whose connection is lost, once', () => {
    const { exchange, answers, says, ask } = conversation();
    says('handshake');
    ask('one');
    exchange.lost(lost);
    exchange.lost(lost);
    says('ok');
    expect(answers).toEqual([{ code: 'ERR_COMMAND_LOST', sent: true }]);
    expect(exchange.free).toBe(false);
  });

  it('refuses a question on a lost connection', () => {
    const { exchange, peer, answers, says, ask } = conversation();
    says('handshake');
    exchange.lost(lost);
    ask('one');
    expect(answers).toEqual([{ code: 'ERR_CHANNEL_CLOSED', sent: false }]);
    expect(peer.replies).toEqual([]);
  });

  it('stays free when a question is too large to be put', () => {
    const { exchange, answers, says, ask } = conversation();
    says('handshake');
    expect(() => ask('x'.repeat(LIMIT + 1))).toThrow(expect.objectContaining({ code: 'ERR_FRAME_TOO_LARGE' }));
    expect(exchange.free).toBe(true);
    ask('one');
    says('ok');
    expect(answers).toEqual(['ok']);
  });
});
