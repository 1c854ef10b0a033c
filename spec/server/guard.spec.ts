import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Opening } from '../../lib/errors.js';
import { checkAddress, type GuardOptions, isLoopback, judge, openTo } from '../../lib/server/guard.js';

const local: GuardOptions = { host: '127.0.0.1' };
const guarded: GuardOptions = { host: '127.0.0.1', token: 'secret' };
const everywhere: GuardOptions = { host: '0.0.0.0', token: 'secret', names: ['Plant.example.com'] };
const bound: GuardOptions = { host: '192.168.1.7', token: 'secret' };
const named: GuardOptions = { host: '127.0.0.1', token: 'secret', names: ['plant.example.com:8443', '[fd00::1]'] };
const six: GuardOptions = { host: '::1' };
const bearer = { authorization: 'Bearer secret' };

const REFUSED = 'ERR_REQUEST_REFUSED';
const TOKEN = 'ERR_TOKEN_INVALID';

describe('the guard', () => {
  it.each<[string, GuardOptions, string, Record<string, string>, string | undefined]>([
    ['loopback by address', local, 'GET', { host: '127.0.0.1:9081' }, undefined],
    ['loopback by another address of it', local, 'GET', { host: '127.1.2.3' }, undefined],
    ['loopback by name, in capitals', local, 'POST', { host: 'LocalHost:9081' }, undefined],
    ['loopback in IPv6', six, 'GET', { host: '[::1]:9081' }, undefined],
    ['the address it listens on', bound, 'GET', { host: '192.168.1.7:9081', ...bearer }, undefined],
    ['another address', bound, 'GET', { host: '192.168.1.8:9081', ...bearer }, REFUSED],
    ['any address when it listens on all', everywhere, 'GET', { host: '10.0.0.3:9081', ...bearer }, undefined],
    ['any address in IPv6', everywhere, 'GET', { host: '[fe80::1]:9081', ...bearer }, undefined],
    ['a name that it was given', everywhere, 'GET', { host: 'plant.example.com', ...bearer }, undefined],
    ['a name that it was given with a port', named, 'GET', { host: 'plant.example.com:8443', ...bearer }, undefined],
    ['an address that it was given in brackets', named, 'GET', { host: '[fd00::1]:9081', ...bearer }, undefined],
    ['a name that was bound to it', everywhere, 'GET', { host: 'evil.example.com', ...bearer }, REFUSED],
    ['a name that was bound to loopback', local, 'GET', { host: 'evil.example.com:9081' }, REFUSED],
    ['a name that looks like an address', local, 'GET', { host: '127.0.0.1.evil.example.com' }, REFUSED],
    ['a name that looks like loopback', local, 'GET', { host: 'localhost.evil.example.com' }, REFUSED],
    ['no name', local, 'GET', {}, REFUSED],
    ['an empty name', local, 'GET', { host: '' }, REFUSED],
    ['no token', guarded, 'GET', { host: 'localhost' }, TOKEN],
    ['the token', guarded, 'GET', { host: 'localhost', ...bearer }, undefined],
    [
      'the token, written otherwise',
      guarded,
      'GET',
      { host: 'localhost', authorization: 'bearer  secret ' },
      undefined,
    ],
    ['a part of the token', guarded, 'GET', { host: 'localhost', authorization: 'Bearer secre' }, TOKEN],
    ['more than the token', guarded, 'GET', { host: 'localhost', authorization: 'Bearer secrets' }, TOKEN],
    ['an empty token', guarded, 'GET', { host: 'localhost', authorization: 'Bearer ' }, TOKEN],
    ['another scheme', guarded, 'GET', { host: 'localhost', authorization: 'Basic secret' }, TOKEN],
    ['a write of no page', local, 'POST', { host: 'localhost:9081' }, undefined],
    ['a write of its own page', local, 'PUT', { host: 'localhost:9081', origin: 'http://localhost:9081' }, undefined],
    [
      'a write of its own page behind a proxy that passes the port on',
      named,
      'POST',
      { host: 'plant.example.com:443', origin: 'https://plant.example.com', ...bearer },
      undefined,
    ],
    [
      'a write of a page on the port of another protocol',
      named,
      'POST',
      { host: 'plant.example.com:443', origin: 'http://plant.example.com', ...bearer },
      REFUSED,
    ],
    ['a write of another site', local, 'POST', { host: 'localhost:9081', origin: 'https://evil.example.com' }, REFUSED],
    ['a write of another port', local, 'POST', { host: 'localhost:9081', origin: 'http://localhost:3000' }, REFUSED],
    ['a write of a page without origin', local, 'DELETE', { host: 'localhost:9081', origin: 'null' }, REFUSED],
    ['a write of another site', local, 'POST', { host: 'localhost', 'sec-fetch-site': 'cross-site' }, REFUSED],
    ['a write of a neighbour', local, 'POST', { host: 'localhost', 'sec-fetch-site': 'same-site' }, REFUSED],
    ['a write of a person', local, 'POST', { host: 'localhost', 'sec-fetch-site': 'none' }, undefined],
    [
      'a write with a token of another site',
      guarded,
      'POST',
      { host: 'localhost', origin: 'http://e', ...bearer },
      REFUSED,
    ],
    [
      'a read of another site, which learns nothing',
      local,
      'GET',
      { host: 'localhost', origin: 'http://e' },
      undefined,
    ],
  ])('judges %s', (_, options, method, headers, code) => {
    expect(judge({ method, headers }, options)?.code).toBe(code);
  });

  it('lets no other token pass', () => {
    fc.assert(
      fc.property(fc.string(), (token) => {
        const headers = { host: 'localhost', authorization: `Bearer ${token}` };
        expect(judge({ method: 'GET', headers }, guarded)?.code).toBe(token.trim() === 'secret' ? undefined : TOKEN);
      }),
    );
  });

  it('knows loopback', () => {
    expect(['127.0.0.1', '127.9.9.9', 'localhost', '::1'].map(isLoopback)).toEqual([true, true, true, true]);
    expect(['0.0.0.0', '::', '10.0.0.1', 'localhost.evil', '1127.0.0.1'].map(isLoopback)).not.toContain(true);
  });

  it.each<[string, GuardOptions, Opening | undefined]>([
    ['loopback', { host: '127.0.0.1' }, undefined],
    ['loopback with names of loopback', { host: 'localhost', names: ['LocalHost', '127.0.0.2', '[::1]'] }, undefined],
    ['any address', { host: '0.0.0.0' }, { address: '0.0.0.0' }],
    ['an address that has a name too', { host: '10.0.0.3', names: ['plant'] }, { address: '10.0.0.3' }],
    [
      'loopback with a name',
      { host: '127.0.0.1', names: ['localhost', 'plant.example.com'] },
      { name: 'plant.example.com' },
    ],
    ['loopback with an address of the machine', { host: '::1', names: ['10.0.0.3'] }, { name: '10.0.0.3' }],
  ])('wants a token where others come: %s', (_, options, opening) => {
    expect(openTo(options)).toEqual(opening);
    expect(() => checkAddress({ ...options, token: 'secret' })).not.toThrow();
    for (const token of [undefined, '']) {
      const attempt = expect(() => checkAddress({ ...options, token }));
      if (opening === undefined) attempt.not.toThrow();
      else attempt.toThrow(expect.objectContaining({ code: 'ERR_SERVER_ADDRESS', details: opening }));
    }
  });
});
