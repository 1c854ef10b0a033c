import { cpus } from 'node:os';
import type { Opened, Variant } from '../harness.js';
import type { Sample } from '../result.js';

/** The parts of a chain, each measured on its own, and what of the chain the processors could carry by that. */
export class Parts {
  /** Of this round. */
  private readonly samples = new Map<string, Sample>();

  constructor(private readonly parts: readonly Variant[]) {}

  /** The parts, then that bound: in the same round, since what slows the machine down slows both. */
  get variants(): readonly Variant[] {
    return [
      ...this.parts.map((part) => ({ ...part, base: 'alone', open: () => this.remembering(part) })),
      { name: 'what the cores carry', base: 'cores', open: () => this.bound() },
    ];
  }

  private async remembering({ name, open }: Variant): Promise<Opened> {
    const opened = await open();
    return {
      ...opened,
      run: async (seconds) => {
        const sample = await opened.run(seconds);
        this.samples.set(name, sample);
        return sample;
      },
    };
  }

  private async bound(): Promise<Opened> {
    return { run: async () => carried([...this.samples.values()], cpus().length), close: async () => undefined };
  }
}

/** A chain is no faster than its slowest part, and costs the machine what its parts cost. Nothing without parts. */
export function carried(parts: readonly Sample[], cores: number): Sample {
  const all = (name: string): number[] => parts.map((part) => part[name] ?? NaN);
  const cost = all('all µs').reduce((sum, micros) => sum + micros, 0);
  const rate = Math.min(...all('per s'), (cores * 1e6) / cost);
  return Number.isFinite(rate) ? { 'per s': rate } : {};
}
