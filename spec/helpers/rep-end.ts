import { systemClock } from '../../lib/clock.js';
import { listenRep, type RepPeer, type RepSocket } from '../../lib/sp/rep.js';
import { until } from './until.js';

/** The host's end of a control or function channel, for one plugin. */
export class RepEnd {
  /** Every request so far, keepalives too. */
  readonly heard: string[] = [];
  private answers: string[] = [];
  private peer: RepPeer | undefined;
  private socket: RepSocket | undefined;
  gone = false;

  static async listen(address: string): Promise<RepEnd> {
    const end = new RepEnd();
    end.socket = await listenRep(
      address,
      { clock: systemClock },
      {
        opened: (peer) => (end.peer = peer),
        request: (_, body) => {
          end.heard.push(body.toString());
          end.answers.push(body.toString());
        },
        closed: () => (end.gone = true),
      },
    );
    return end;
  }

  /** Resolves with the answer; keepalives are none. */
  async ask(text: string): Promise<string> {
    await until(() => this.peer?.asked === true, `the plugin asks before "${text}"`);
    this.answers = [];
    this.peer?.reply(text);
    const answer = () => this.answers.find((body) => body !== 'handshake');
    await until(() => answer() !== undefined, `an answer to ${text}`);
    return answer() ?? '';
  }

  /** Sends without waiting for an answer. */
  tell(text: string): void {
    this.peer?.reply(text);
  }

  async close(): Promise<void> {
    await this.socket?.close();
  }
}
