/** What still waits for a rule that takes it at its own pace. */
export interface Waiting {
  readonly isEmpty: boolean;
  /** Told each time that nothing waits any more. */
  onEmpty: (() => void) | undefined;
}

/** Resolves when the rule has taken all. Without a limit: whoever stops a rule has one, and then lets go of the rest. */
export const taken = (waiting: Waiting): Promise<void> =>
  new Promise((resolve) => {
    if (waiting.isEmpty) resolve();
    else waiting.onEmpty = resolve;
  });
