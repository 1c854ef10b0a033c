import * as t from 'io-ts';

/** In the environment of every process that descends from a plugin: a token that no other spawn has. */
export const SPAWN_TOKEN = 'RXPORT_SPAWN';

/** What a host leaves on disk of a plugin's process, for the next host to find it if this one dies. */
export const SpawnRecord = t.type({
  /** Its plugin. */
  name: t.string,
  /** Of the process, and of its group. */
  pid: t.number,
  /** Pids and start times mean something until the machine is booted again. */
  bootId: t.string,
  startTime: t.string,
  /** What the manifest names, as a path: a word of the command line. */
  executable: t.string,
  token: t.string,
});
export type SpawnRecord = t.TypeOf<typeof SpawnRecord>;

/** Undefined for what a host has not written to the end. */
export function parseSpawnRecord(text: string): SpawnRecord | undefined {
  try {
    const record: unknown = JSON.parse(text);
    return SpawnRecord.is(record) ? record : undefined;
  } catch {
    return undefined;
  }
}
