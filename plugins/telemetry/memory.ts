import { freemem, totalmem } from 'node:os';
import { readProc } from './proc.js';

export interface Memory {
  readonly memory_used_bytes: number;
  readonly memory_total_bytes: number;
}

export async function memory(): Promise<Memory> {
  const meminfo = await readProc('meminfo');
  return (meminfo && parseMeminfo(meminfo)) || usage(totalmem(), freemem());
}

/** Undefined where the kernel does not say what is available. */
export function parseMeminfo(meminfo: string): Memory | undefined {
  const total = bytesOf(meminfo, 'MemTotal');
  // Not MemFree: the cache counts as free, since it goes when somebody needs the room.
  const available = bytesOf(meminfo, 'MemAvailable');
  return total === undefined || available === undefined ? undefined : usage(total, available);
}

function bytesOf(meminfo: string, name: string): number | undefined {
  const kilobytes = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(meminfo)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
}

const usage = (total: number, free: number): Memory => ({
  memory_used_bytes: total - free,
  memory_total_bytes: total,
});
