import { statfs } from 'node:fs/promises';

export interface Disk {
  readonly disk_used_bytes: number;
  readonly disk_total_bytes: number;
}

/** The file system that holds `path`. */
export async function disk(path: string): Promise<Disk> {
  const { bsize, blocks, bfree } = await statfs(path).catch((cause: unknown) => {
    throw new Error(`machine: disk ${path} can not be read, give a path that exists`, { cause });
  });
  return { disk_used_bytes: (blocks - bfree) * bsize, disk_total_bytes: blocks * bsize };
}
