/** How large tuples are, in bytes. */
import type { Contender } from './contenders.js';

export interface Size {
  readonly bytes: number;
  readonly text: string;
  /** Left out of a short run. */
  readonly thorough: boolean;
}

const KIB = 1024;
const MIB = 1024 * KIB;

const size = (bytes: number, text: string, thorough: boolean): Size => ({ bytes, text, thorough });

export const SMALL = size(100, '100 B', false);

/** What every SDK takes: that of Go refuses frames over 1 MiB. */
export const COMMON: readonly Size[] = [
  SMALL,
  size(KIB, '1 KiB', true),
  size(64 * KIB, '64 KiB', false),
  size(960 * KIB, '960 KiB', true),
];

/** What a call has around its value. */
const FRAME = 512;

/** What only our SDK takes; the largest is what the largest frame, of 64 MiB, can hold. */
export const LARGE: readonly Size[] = [
  size(MIB, '1 MiB', true),
  size(4 * MIB, '4 MiB', true),
  size(16 * MIB, '16 MiB', false),
  size(64 * MIB - FRAME, '64 MiB', true),
];

export const sizesFor = ({ large }: Contender): readonly Size[] => (large ? [...COMMON, ...LARGE] : COMMON);
