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
  if (bytes.readUInt32BE(0) !== 0x00535000)
    return `the peer opened with ${bytes.toString('hex')}, not with an SP greeting`;
  const peer = bytes.readUInt16BE(4);
  const expected = NUMBER[PEER[protocol]];
  if (peer === expected && bytes.readUInt16BE(6) === 0) return undefined;
  return `the peer speaks protocol 0x${peer.toString(16)}, a ${protocol} socket expects 0x${expected.toString(16)}`;
}
