/** The C functions, as the package exports them; a negative number is a failure, `Errno` and `Err` say which. */
export interface Library {
  Socket(domain: number, protocol: number): number;
  Close(socket: number): number;
  Setopt(socket: number, level: number, option: number, value: number): number;
  Bind(socket: number, url: string): number;
  Connect(socket: number, url: string): number;
  Send(socket: number, body: string | Uint8Array, flags: number): number;
  Recv(socket: number, flags: number): Buffer | number;
  PollSocket(socket: number, sender: boolean, ready: () => void): unknown;
  PollStop(poll: unknown): void;
  Errno(): number;
  Err(): string;
  readonly AF_SP: number;
  readonly NN_PULL: number;
  readonly NN_PUSH: number;
  readonly NN_DONTWAIT: number;
  readonly NN_SOL_SOCKET: number;
  readonly NN_RCVMAXSIZE: number;
  readonly NN_RECONNECT_IVL: number;
  readonly EADDRINUSE: number;
}

export const urlOf = (address: string): string => `ipc://${address}`;

/** Tells when a C socket can take a message, or has one. */
export class Readiness {
  private poll: unknown;

  constructor(
    private readonly nn: Library,
    private readonly socket: number,
    private readonly sender: boolean,
    private readonly ready: () => void,
  ) {}

  get watched(): boolean {
    return this.poll !== undefined;
  }

  /** Calls `ready` in each turn of the event loop for as long as the socket is ready. */
  watch(): void {
    this.poll ??= this.nn.PollSocket(this.socket, this.sender, this.ready);
  }

  rest(): void {
    if (this.poll !== undefined) this.nn.PollStop(this.poll);
    this.poll = undefined;
  }
}
