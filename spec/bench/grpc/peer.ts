import { Client, credentials } from '@grpc/grpc-js';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { endChild, startChild } from '../child.js';
import { tempFolder } from '../plugins.js';
import { LIMITS } from './service.js';

const PROGRAM = '.cache/bench/programs/grpc-peer.mjs';

/** Why gRPC can not be measured; undefined when it can. */
export const grpcMissing = (): string | undefined => (existsSync(PROGRAM) ? undefined : `no ${PROGRAM}`);

/** A server in a process of its own, and the connection to it. */
export class GrpcPeer {
  static async start(): Promise<GrpcPeer> {
    const path = join(tempFolder(), 'g');
    const child = startChild([process.execPath, PROGRAM, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.stdout !== null) await once(child.stdout, 'data');
    return new GrpcPeer(child, new Client(`unix:${path}`, credentials.createInsecure(), LIMITS));
  }

  private constructor(
    private readonly child: ChildProcess,
    readonly client: Client,
  ) {}

  async close(): Promise<void> {
    this.client.close();
    await endChild(this.child);
  }
}
