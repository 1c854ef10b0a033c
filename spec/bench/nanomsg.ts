/** The nanomsg package, as far as it is used. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface NanomsgSocket {
  bind(address: string): void;
  /** -1: no limit. */
  rcvmaxsize(bytes: number): void;
  on(event: 'data', listener: (message: Buffer) => void): void;
  close(): void;
}

/** Why the package can not be used; undefined when it can. */
export const nanomsgMissing = (): string | undefined =>
  existsSync('node_modules/nanomsg/build/Release/node_nanomsg.node') ? undefined : 'the nanomsg package is not built';

export function nanomsgPull(): NanomsgSocket {
  const load = createRequire(import.meta.url);
  const { socket } = load('nanomsg') as { readonly socket: (type: 'pull') => NanomsgSocket };
  return socket('pull');
}
