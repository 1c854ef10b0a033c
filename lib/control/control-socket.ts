import type { Clock } from '../clock.js';
import { firstWordInvalid, type RxportError } from '../errors.js';
import { listenRep, type RepPeer, type RepSocket } from '../sp/rep.js';
import type { WireTap } from '../sp/tap.js';
import { isHandshake } from '../wire/handshake.js';
import type { ControlLine } from './control-line.js';

/**
 * The control address of one plugin, bound for as long as the plugin is installed: processes come and go on it, and two
 * versions may be connected at once.
 *
 * A connection belongs to nobody until its first frame; who dials while no process lacks a connection is a stranger.
 */
export class ControlSocket {
  private socket: RepSocket | undefined;
  private readonly lines = new Set<ControlLine>();
  private readonly owners = new Map<RepPeer, ControlLine>();
  private readonly silent = new Set<RepPeer>();

  constructor(
    readonly path: string,
    private readonly clock: Clock,
    private readonly tap?: WireTap,
  ) {}

  /** Rejects with `ERR_ADDRESS_IN_USE`, `ERR_CHANNEL_BIND`, `ERR_ADDRESS_TOO_LONG`. */
  async open(): Promise<void> {
    this.socket = await listenRep(
      this.path,
      { clock: this.clock, tap: this.tap },
      {
        opened: (peer) => this.opened(peer),
        request: (peer, body) => this.request(peer, body),
        refused: (error) => this.noteTrouble(error),
        closed: (peer, error) => this.closed(peer, error),
      },
    );
  }

  /** Connections may go to `line`. */
  add(line: ControlLine): void {
    this.lines.add(line);
  }

  remove(line: ControlLine): void {
    this.lines.delete(line);
    line.reset();
  }

  /** A process has been spawned for `line`: who is connected and has said nothing is not that process. */
  expect(line: ControlLine): void {
    line.reset();
    // Lines stand in the order in which their processes were expected.
    if (this.lines.delete(line)) this.lines.add(line);
    for (const peer of this.silent) peer.close();
    line.expect();
  }

  async close(): Promise<void> {
    for (const line of this.lines) line.reset();
    await this.socket?.close();
  }

  /** Of somebody who has not said who he is: it is the problem of every process that is expected. */
  private noteTrouble(error: RxportError): void {
    if (error.code === 'ERR_CHANNEL_CLOSED') return;
    for (const line of this.lines) if (line.expecting) line.noteTrouble(error);
  }

  private opened(peer: RepPeer): void {
    if ([...this.lines].some(({ expecting }) => expecting)) this.silent.add(peer);
    else peer.close();
  }

  private request(peer: RepPeer, body: Buffer): void {
    const line = this.owners.get(peer) ?? this.assign(peer, body);
    line?.request(body);
  }

  private assign(peer: RepPeer, body: Buffer): ControlLine | undefined {
    this.silent.delete(peer);
    const line = ownerOf([...this.lines], body.toString());
    if (line === undefined) {
      this.noteTrouble(firstWordInvalid(this.path, body.toString()));
      peer.close();
      return undefined;
    }
    this.owners.set(peer, line);
    line.connect(peer);
    return line;
  }

  private closed(peer: RepPeer, error: RxportError | undefined): void {
    if (error !== undefined) this.noteTrouble(error);
    this.silent.delete(peer);
    const line = this.owners.get(peer);
    this.owners.delete(peer);
    if (line?.has(peer) === true) line.disconnected();
  }
}

/**
 * Which of the processes that lack a connection a first frame is from. A new process shakes hands; one that dials again
 * repeats its last answer, and is a stranger where it has not been heard before: it has outlived another host. Of two new
 * ones the one that was expected first, a guess that `holdDown` spares us.
 */
export function ownerOf<L extends Pick<ControlLine, 'expecting' | 'known' | 'byHand'>>(
  lines: readonly L[],
  first: string,
): L | undefined {
  const isNew = isHandshake(first);
  const lacking = lines.filter(({ expecting, known, byHand }) => expecting && (isNew || known || byHand));
  return lacking.find(({ known }) => known !== isNew) ?? lacking[0];
}
