import type { Host } from 'rxport';

/** The processes that the plugins of a host have had, to see afterwards that they are gone. */
export class Processes {
  private readonly pids = new Set<number>();

  constructor(private readonly host: Host) {
    this.follow();
  }

  /** Call it again after an installation. */
  follow(): void {
    for (const { state$ } of this.host.plugins.list())
      state$.subscribe((state) => state.phase === 'ready' && this.pids.add(state.pid));
  }

  get count(): number {
    return this.pids.size;
  }

  left(): readonly number[] {
    return [...this.pids].filter(isAlive);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
