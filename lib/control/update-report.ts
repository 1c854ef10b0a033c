/** `overlap`: both versions live for a moment; `replace`: the old one is gone before the new one comes. */
export type UpdateStrategy = 'overlap' | 'replace';

/** What an update has cost. */
export interface UpdateReport {
  readonly name: string;
  /** When it was over: milliseconds since the epoch. */
  readonly at: number;
  /** Versions, as the manifests have them. */
  readonly from: string;
  readonly to: string;
  /** As asked for, and `replace` when the old process was not there. */
  readonly strategy: UpdateStrategy;
  /** Milliseconds until the old process was gone, and the replicas of its version. */
  readonly took: number;
  /** `gap`: milliseconds in which a source or sink ran nowhere. */
  readonly sources: readonly { readonly rule: string; readonly symbol: string; readonly gap: number }[];
  /** `drained`: calls in flight that the first process of the old version still answered. */
  readonly functions: readonly { readonly symbol: string; readonly drained: number }[];
  /** `queued`: values that waited in the queue of the sink for the new version. */
  readonly sinks: readonly {
    readonly rule: string;
    readonly symbol: string;
    readonly gap: number;
    readonly queued: number;
  }[];
}
