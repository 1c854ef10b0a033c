import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPrivateAddress } from '../../lib/service/private-address.js';

describe('a private address', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '192.0.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::a00:1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'FE80::1',
    'ff02::1',
    '2002:7f00:1::',
    '2001:db8::1',
    '2001:0:4136:e378::',
  ])('is %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '193.0.0.1',
    '2606:4700::1',
    '2a00:1450::1',
  ])('is not %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });

  it('is the same when it is mapped into IPv6, or else more private', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        if (isPrivateAddress(address)) expect(isPrivateAddress(`::ffff:${address}`)).toBe(true);
      }),
    );
    fc.assert(fc.property(fc.ipV6(), (address) => expect(typeof isPrivateAddress(address)).toBe('boolean')));
  });
});
