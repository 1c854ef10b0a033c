/** Why a source emits nothing more. */
export type Ending =
  { readonly type: 'completed' } | { readonly type: 'failed'; readonly error: unknown } | { readonly type: 'stopped' };

/** Where the values of a source go. */
export interface Outlet {
  /** False until the feed is told `room()`. */
  readonly room: boolean;
  /** A value as a frame; undefined when it can not be one, which has then been reported. */
  encode(value: unknown): string | undefined;
  send(frame: string): void;
  /** The queue was full and its oldest frame was dropped. */
  dropped(): void;
  /** Once, after the last frame. */
  done(ending: Ending): void;
}

/** What moves the values of a source to its outlet. */
export interface Feed {
  /** Values that it has taken and that wait for room. */
  readonly held: number;
  start(): void;
  room(): void;
  /** Ends the source; resolves when the author's clean-up has run, never rejects. */
  stop(): Promise<void>;
}
