import { cpus } from 'node:os';
import { readProc } from './proc.js';

/** Ticks since the start of the machine, over all processors. */
export interface CpuTicks {
  readonly busy: number;
  readonly total: number;
}

export async function cpuTicks(): Promise<CpuTicks> {
  const stat = await readProc('stat');
  return stat === undefined ? ticksOf(cpus()) : parseStat(stat);
}

/** `cpu  217132 0 33627 385956 1304 0 349 167 0 0`: user, nice, system, idle, iowait, irq, softirq, steal, guests. */
export function parseStat(stat: string): CpuTicks {
  const fields = /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number) ?? [];
  // The time of guests is part of user and nice.
  const total = sum(fields.slice(0, 8));
  return { busy: total - sum(fields.slice(3, 5)), total };
}

export function ticksOf(processors: readonly { readonly times: Readonly<Record<string, number>> }[]): CpuTicks {
  const total = sum(processors.flatMap(({ times }) => Object.values(times)));
  return { busy: total - sum(processors.map(({ times }) => times.idle ?? 0)), total };
}

/** How busy the processors were between two readings, with one digit after the point. */
export function cpuPercent(before: CpuTicks, after: CpuTicks): number {
  const total = after.total - before.total;
  if (total <= 0) return 0;
  const percent = ((after.busy - before.busy) / total) * 100;
  return Math.round(Math.min(100, Math.max(0, percent)) * 10) / 10;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
