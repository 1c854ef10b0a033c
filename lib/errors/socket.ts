import { make, reasonOf, type RxportError } from './rxport-error.js';

export const addressTooLong = (path: string, bytes: number): RxportError =>
  make(
    'ERR_ADDRESS_TOO_LONG',
    `socket path ${path} has ${bytes} bytes, at most 107 fit: shorten the rule id or ipcDir`,
    {
      path,
      bytes,
    },
  );

/** `owner` is who listens, where that can be found out. */
export const addressInUse = (path: string, owner?: { readonly pid: number; readonly command: string }): RxportError =>
  make(
    'ERR_ADDRESS_IN_USE',
    `${path} has a live listener: ` +
      (owner === undefined ? 'another host or program owns it, ' : `${owner.command} (pid ${owner.pid}); `) +
      'stop that one first',
    { path, ...(owner && { pid: owner.pid, command: owner.command }) },
  );

export const channelBind = (path: string, cause: unknown): RxportError =>
  make('ERR_CHANNEL_BIND', `cannot listen on ${path}: ${reasonOf(cause)}`, { path }, cause);

export const channelDial = (path: string, cause: unknown): RxportError =>
  make('ERR_CHANNEL_DIAL', `cannot connect to ${path}: ${reasonOf(cause)}`, { path }, cause);

export const channelClosed = (path: string): RxportError =>
  make('ERR_CHANNEL_CLOSED', `${path} is closed: the other side went away or the channel was closed here`, { path });

export const greetingInvalid = (path: string, problem: string): RxportError =>
  make('ERR_GREETING', `${path}: ${problem}; is the peer a Scalability Protocols socket of the matching kind?`, {
    path,
  });

export const frameInvalid = (path: string, problem: string): RxportError =>
  make('ERR_FRAME_INVALID', `${path}: ${problem}`, { path });

export const frameTooLarge = (path: string, bytes: number, limit: number): RxportError =>
  make('ERR_FRAME_TOO_LARGE', `${path}: a frame of ${bytes} bytes is over the limit of ${limit}`, {
    path,
    bytes,
    limit,
  });

export const transportMissing = (transport: string, cause: unknown): RxportError =>
  make(
    'ERR_TRANSPORT_MISSING',
    `the package ${transport} can not be loaded: run \`npm install ${transport}\`, which needs a C compiler, or leave out ` +
      `transport: '${transport}' (${reasonOf(cause)})`,
    { transport },
    cause,
  );

/** Of a process that says on the control channel what only one would that another host has started. */
export const firstWordInvalid = (path: string, word: string): RxportError =>
  messageInvalid(path, [
    `its first word is ${JSON.stringify(word.slice(0, 40))} and no handshake: was it left behind by another host?`,
  ]);

export const messageInvalid = (path: string, problems: readonly string[]): RxportError =>
  make('ERR_MESSAGE_INVALID', `${path}: ${problems.join('; ')}`, { path, problems });
