/** `note`: something optional is missing; `fail`: rxport can not work so. */
export type Level = 'ok' | 'note' | 'warn' | 'fail';

export interface Finding {
  readonly area: 'versions' | 'toolchains' | 'data folder' | 'service' | 'sockets';
  readonly what: string;
  readonly level: Level;
  /** What was found. */
  readonly found: string;
  /** What to do about it. */
  readonly advice?: string;
}
