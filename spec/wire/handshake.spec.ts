import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeArgv, encodeArgv } from '../../lib/wire/argv.js';
import { decodeHandshake, encodeHandshake, HANDSHAKE } from '../../lib/wire/handshake.js';

describe('a handshake', () => {
  it('names what our SDK can do, behind the word that every host knows', () => {
    expect(HANDSHAKE).toBe('handshake');
    expect(encodeHandshake('rxport-ts/0.1.0', ['complete'])).toBe(
      'handshake {"v":1,"sdk":"rxport-ts/0.1.0","caps":["complete"]}',
    );
  });

  it('is read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uniqueArray(fc.string()), (sdk, caps) => {
        const { sdk: read, capabilities } = decodeHandshake(encodeHandshake(sdk, caps));
        expect({ sdk: read, caps: [...capabilities] }).toEqual({ sdk, caps });
      }),
    );
  });

  it.each([
    ['a stock SDK', 'handshake'],
    ['a repeated answer', 'ok'],
    ['an error text', 'host unreachable'],
    ['nothing', ''],
    ['garbage', 'handshake {"v":1,'],
    ['no object', 'handshake 5'],
    ['null', 'handshake null'],
    ['another version', 'handshake {"v":2,"sdk":"x","caps":[]}'],
    ['no capabilities', 'handshake {"v":1,"sdk":"x"}'],
    ['capabilities that are no texts', 'handshake {"v":1,"sdk":"x","caps":[5]}'],
    ['a wrong blank', 'handshake\t{"v":1,"sdk":"x","caps":[]}'],
    ['a prototype', 'handshake {"__proto__":{"v":1,"sdk":"x","caps":["complete"]}}'],
  ])('of %s says nothing of the peer', (_, text) => {
    expect(decodeHandshake(text)).toEqual({ sdk: undefined, capabilities: new Set() });
  });

  it('may say more than we know', () => {
    expect(decodeHandshake('handshake {"v":1,"sdk":"x","caps":["complete","fly"],"more":1}')).toEqual({
      sdk: 'x',
      capabilities: new Set(['complete', 'fly']),
    });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        decodeHandshake(text);
        expect(decodeHandshake(`handshake ${text}`).capabilities.size).toBe(0);
      }),
    );
  });
});

describe('argv[1]', () => {
  it('is what eKuiper passes, and one key that only our SDK reads', () => {
    expect(encodeArgv({ v: 1, caps: ['complete'], ipcDir: '/tmp/rxport-x' })).toBe(
      '{"sendTimeout":1000,"rxport":{"v":1,"caps":["complete"],"ipcDir":"/tmp/rxport-x"}}',
    );
  });

  it('is read back', () => {
    const extension = { v: 1, caps: ['complete'], ipcDir: '/tmp/rxport-x' } as const;
    expect(decodeArgv(encodeArgv(extension))).toEqual(extension);
    expect(decodeArgv(encodeArgv({ v: 1, caps: [] }))).toEqual({ v: 1, caps: [] });
  });

  it.each([
    ['of a stock host', '{"sendTimeout":1000}'],
    ['that is missing', undefined],
    ['that is garbage', '{"sendTimeout'],
    ['that is no object', '5'],
    ['that is null', 'null'],
    ['of another version', '{"sendTimeout":1000,"rxport":{"v":2,"caps":[]}}'],
    ['without capabilities', '{"sendTimeout":1000,"rxport":{"v":1}}'],
    ['with a time that is no number', '{"sendTimeout":1000,"rxport":{"v":1,"caps":[],"killTimeout":"5"}}'],
    ['with a folder that is no text', '{"sendTimeout":1000,"rxport":{"v":1,"caps":[],"ipcDir":5}}'],
    ['with a prototype', '{"sendTimeout":1000,"__proto__":{"rxport":{"v":1,"caps":[]}}}'],
  ])('%s holds nothing for us', (_, text) => {
    expect(decodeArgv(text)).toBeUndefined();
  });
});
