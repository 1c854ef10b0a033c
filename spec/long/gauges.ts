/** What a host and its plugins hold of the machine, as gauges. */
import { readdirSync } from 'node:fs';
import { STOCK_IPC_DIR } from '../../lib/wire/address.js';
import { descriptorsOf, residentOf } from '../helpers/footprint.js';
import type { Gauge } from './level.js';

const KIB = 1024;
/** What code that is compiled late and caches may take, in KiB: an object per cycle is more in ten thousand. */
const HEAP_SLACK = 1_536;
const RSS_SLACK = 24_576;

/** The host, which is this process: all of it must be level. */
export const hostGauges = (ipcDir: string, marks: readonly string[]): readonly Gauge[] => [
  { name: 'host heap', unit: 'KiB', slack: HEAP_SLACK, read: heap },
  { name: 'host RSS', unit: 'KiB', slack: RSS_SLACK, read: () => process.memoryUsage.rss() / KIB },
  { name: 'host descriptors', unit: '', slack: 0, read: () => descriptorsOf('self') },
  { name: 'socket files', unit: '', slack: 0, read: () => sockets(ipcDir, ['']) + sockets(STOCK_IPC_DIR, marks) },
];

/** A plugin: shown, not judged. The stock SDKs keep a context for each run of a rule. */
export const pluginGauges = (name: string, pid: () => number | undefined): readonly Gauge[] => [
  { name: `${name} RSS`, unit: 'KiB', read: () => ofProcess(pid(), residentOf) / KIB },
  { name: `${name} descriptors`, unit: '', read: () => ofProcess(pid(), descriptorsOf) },
];

function heap(): number {
  // Once more: finalizers of the first free what the second finds.
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / KIB;
}

const sockets = (folder: string, marks: readonly string[]): number =>
  readdirSync(folder).filter((name) => name.endsWith('.ipc') && marks.some((mark) => name.includes(mark))).length;

function ofProcess(pid: number | undefined, read: (pid: number) => number): number {
  try {
    return pid === undefined ? NaN : read(pid);
  } catch {
    return NaN;
  }
}
