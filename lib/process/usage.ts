import { readFileSync } from 'node:fs';
import { PROC } from './proc.js';

/** What a process has used. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Ticks of /proc in a second: USER_HZ is 100 on every Linux. */
const TICKS = 100;

/** Undefined for a process that is gone, and where there is no /proc. */
export function usageOf(pid: number, proc = PROC): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`${proc}/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold spaces; user and system time are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`${proc}/${pid}/status`, 'utf8')) ?? [];
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
      residentBytes: Number(kilobytes) * 1024,
    };
  } catch {
    return undefined;
  }
}
