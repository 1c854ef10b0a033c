/** Remember what sockets tell, and let a spec wait for it without sleeping. */
import { filter, firstValueFrom, Subject } from 'rxjs';
import type { PullHandler, PushHandler, PushSocket } from '../../lib/sp/transport.js';

/** Why a connection ended. A word for the orderly end too: Jest takes `[undefined]` and `[]` for equal. */
export const why = (error: { readonly code: string } | undefined): string => error?.code ?? 'orderly';

export class Recorder {
  private readonly changes = new Subject<void>();

  /** Resolves as soon as `condition` holds; the time limit is that of the spec. */
  async until(condition: () => boolean): Promise<void> {
    if (!condition()) await firstValueFrom(this.changes.pipe(filter(condition)));
  }

  protected changed(): void {
    this.changes.next();
  }
}

export class PullRecorder extends Recorder {
  readonly messages: Buffer[] = [];
  opened = 0;
  /** One entry for each peer that has gone: how many were left, why it went, how much had arrived by then. */
  readonly gone: { readonly left: number; readonly why: string; readonly messages: number }[] = [];
  /** Called with each message, after it was remembered. */
  each: (message: Buffer) => void = () => undefined;

  readonly handler: PullHandler = {
    message: (payload) => {
      this.messages.push(payload);
      this.each(payload);
      this.changed();
    },
    peerOpened: () => {
      this.opened += 1;
      this.changed();
    },
    peerClosed: (left, error) => {
      this.gone.push({ left, why: why(error), messages: this.messages.length });
      this.changed();
    },
  };

  /** The first `count` messages as text. */
  async texts(count: number): Promise<readonly string[]> {
    await this.until(() => this.messages.length >= count);
    return this.messages.map((message) => message.toString());
  }
}

export class PushRecorder extends Recorder {
  accepted = 0;
  drains = 0;
  readonly ends: string[] = [];

  readonly handler: PushHandler = {
    accepted: (messages) => {
      this.accepted += messages;
      this.changed();
    },
    drained: () => {
      this.drains += 1;
      this.changed();
    },
    closed: (error) => {
      this.ends.push(why(error));
      this.changed();
    },
  };

  /** Sends all, waiting wherever the socket asks to. */
  async sendAll(socket: PushSocket, bodies: Iterable<string | Uint8Array>): Promise<void> {
    for (const body of bodies) {
      const drains = this.drains;
      if (!socket.send(body)) await this.until(() => this.drains > drains);
    }
  }

  async closed(): Promise<string> {
    await this.until(() => this.ends.length > 0);
    return this.ends[0]!;
  }
}
