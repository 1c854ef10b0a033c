/**
 * The Scalability Protocols pairs that portable plugins use, and the greeting that opens a connection:
 * `00 'S' 'P' 00 | protocol u16 BE | 00 00`, sent by each side at once.
 */

export type Protocol = 'push' | 'pull' | 'req' | 'rep';

const NUMBER: Readonly<Record<Protocol, number>> = { req: 0x30, rep: 0x31, push: 0x50, pull: 0x51 };
const PEER: Readonly<Record<Protocol, Protocol>> = { req: 'rep', rep: 'req', push: 'pull', pull: 'push' };

export const GREETING_BYTES = 8;

export function greeting(protocol: Protocol): Buffer {
  return Buffer.from([0x00, 0x53, 0x50, 0x00, 0x00, NUMBER[protocol], 0x00, 0x00]);
}

/** What is wrong with a peer's greeting to a socket of `protocol`; undefined when nothing is. */
export function greetingProblem(protocol: Protocol, bytes: Buffer): string | undefined {
  const opening = bytes.subarray(0, GREETING_BYTES);
  if (opening.readUInt32BE(0) !== 0x00535000 || opening.readUInt16BE(6) !== 0)
    return `the peer opened with ${opening.toString('hex')}, not with an SP greeting`;
  const peer = opening.readUInt16BE(4);
  const expected = NUMBER[PEER[protocol]];
  if (peer === expected) return undefined;
  return `the peer speaks protocol 0x${peer.toString(16)}, a ${protocol} socket expects 0x${expected.toString(16)}`;
}

/** Request ids of REQ and REP: 32 bits, the top one always set. */
export const ID_BYTES = 4;
export const FIRST_ID = 0x8000_0000;
export const LAST_ID = 0xffff_ffff;

export const nextId = (id: number): number => (id === LAST_ID ? FIRST_ID : id + 1);
