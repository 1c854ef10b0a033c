import { readProc } from './proc.js';

/** Bytes since the start of the machine, over all interfaces but loopback. */
export interface NetworkBytes {
  readonly rx: number;
  readonly tx: number;
}

export interface NetworkRates {
  readonly net_rx_bytes_per_s: number | null;
  readonly net_tx_bytes_per_s: number | null;
}

/** Undefined on a system without `/proc`. */
export async function networkBytes(): Promise<NetworkBytes | undefined> {
  const dev = await readProc('net/dev');
  return dev === undefined ? undefined : parseNetDev(dev);
}

/** `  eth0: 1088699532   36591    0    0    0     0          0         0  4415306   27587 …` after two lines of titles. */
export function parseNetDev(dev: string): NetworkBytes {
  return dev
    .split('\n')
    .slice(2)
    .map((line) => line.split(':'))
    .filter(([name, counters]) => counters !== undefined && name?.trim() !== 'lo')
    .map(([, counters]) => counters?.trim().split(/ +/).map(Number) ?? [])
    .reduce<NetworkBytes>((sum, fields) => ({ rx: sum.rx + (fields[0] ?? 0), tx: sum.tx + (fields[8] ?? 0) }), {
      rx: 0,
      tx: 0,
    });
}

/** Null where there are no counters. */
export function networkRates(
  before: NetworkBytes | undefined,
  after: NetworkBytes | undefined,
  seconds: number,
): NetworkRates {
  if (before === undefined || after === undefined) return { net_rx_bytes_per_s: null, net_tx_bytes_per_s: null };
  // The sum falls when an interface goes.
  const rate = (from: number, to: number): number => Math.max(0, Math.round((to - from) / seconds));
  return { net_rx_bytes_per_s: rate(before.rx, after.rx), net_tx_bytes_per_s: rate(before.tx, after.tx) };
}
