/** Somebody who dials a socket of a plugin and talks garbage. */
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { controlPath, functionPath } from '../../../lib/wire/address.js';

export const CHANNELS = ['control', 'function', 'data'] as const;
export type Channel = (typeof CHANNELS)[number];

export const GARBAGE = ['no greeting', 'no JSON', 'a giant length', 'half a frame'] as const;
export type Garbage = (typeof GARBAGE)[number];

/** Where a plugin is found. */
export interface Whereabouts {
  readonly ipcDir: string;
  readonly plugin: string;
  readonly function: string;
  /** Ids of the rules that have a source in it. */
  readonly rules: readonly string[];
}

/** Milliseconds that a stranger stays at most. */
const STAY = 200;
const REQ = 0x30;
const PUSH = 0x50;

/** Dials, sends and hangs up; resolves when the connection is gone, or there is nobody to dial. */
export function visit(where: Whereabouts, channel: Channel, nth: number, garbage: Garbage): Promise<void> {
  const path = pathOf(where, channel, nth);
  if (path === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.setTimeout(STAY, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
    socket.write(bytesOf(garbage, channel === 'data' ? PUSH : REQ));
    if (garbage !== 'no JSON') socket.end();
  });
}

function pathOf(
  { ipcDir, plugin, function: symbol, rules }: Whereabouts,
  channel: Channel,
  nth: number,
): string | undefined {
  if (channel === 'control') return controlPath(ipcDir, plugin);
  if (channel === 'function') return functionPath(ipcDir, symbol);
  const files = readdirSync(ipcDir);
  // A data socket with one for acks beside it is that of a sink, where the plugin listens.
  const sources = files.filter(
    (file) =>
      rules.some((rule) => file.startsWith(`${rule}_`)) &&
      file.endsWith('_0.ipc') &&
      !files.includes(file.replace('_0.ipc', '_0_ack.ipc')),
  );
  const file = sources.sort()[nth % sources.length];
  return file === undefined ? undefined : join(ipcDir, file);
}

function bytesOf(garbage: Garbage, protocol: number): Buffer {
  const greeting = Buffer.from([0, 0x53, 0x50, 0, 0, protocol, 0, 0]);
  const body = Buffer.concat([protocol === REQ ? Buffer.from([0x80, 0, 0, 1]) : Buffer.alloc(0), Buffer.from('{"x')]);
  switch (garbage) {
    case 'no greeting':
      return Buffer.from('GET / HTTP/1.1\r\n\r\n');
    case 'no JSON':
      return Buffer.concat([greeting, header(BigInt(body.length)), body]);
    case 'a giant length':
      return Buffer.concat([greeting, header(1n << 62n), body]);
    case 'half a frame':
      return Buffer.concat([greeting, header(1_000n), body]);
  }
}

function header(length: bigint): Buffer {
  const bytes = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0]);
  bytes.writeBigUInt64BE(length, 1);
  return bytes;
}
