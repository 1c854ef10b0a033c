import type { Stat } from './proc.js';
import type { SpawnRecord } from './spawn-record.js';

/** A running process. */
export interface Seen extends Stat {
  readonly uid: number;
  /** `RXPORT_SPAWN` of its environment. */
  readonly token: string | undefined;
  /** Its program and the words of its command line. */
  readonly command: readonly string[];
}

export interface Machine {
  readonly bootId: string;
  /** The host that asks. */
  readonly pid: number;
  readonly uid: number;
  readonly processes: readonly Seen[];
  /** False while one of them changes its program: whose it is shows afterwards. */
  readonly isClear: boolean;
}

/**
 * The processes that come from a recorded spawn, never by their id alone, which may have been given away again: the
 * leader, whoever carries its token, wherever that went, and whoever is in a group that one of these proves to be the
 * recorded one.
 */
export function orphansOf(record: SpawnRecord, machine: Machine): readonly Seen[] {
  if (machine.bootId !== record.bootId) return [];
  const candidates = machine.processes.filter(
    ({ pid, uid, startTime }) =>
      pid !== machine.pid && uid === machine.uid && Number(startTime) >= Number(record.startTime),
  );
  const isProven = (one: Seen): boolean => one.token === record.token || isLeader(one, record);
  const isOurGroup = candidates.some((one) => one.pgrp === record.pid && isProven(one));
  return candidates.filter((one) => isProven(one) || (isOurGroup && one.pgrp === record.pid));
}

const isLeader = ({ pid, startTime, command }: Seen, record: SpawnRecord): boolean =>
  pid === record.pid && startTime === record.startTime && command.includes(record.executable);
