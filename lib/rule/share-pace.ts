/** Which of its subscribers the sources of a share wait for. */
export type Pace = 'slowest' | 'fastest';

export const isPace = (pace: unknown): pace is Pace => pace === 'slowest' || pace === 'fastest';

/** The queue that decides whether the sources of a share are held back: the fullest one, or the emptiest. */
export function decisive<Q extends { readonly waits: number }>(pace: Pace, queues: readonly Q[]): Q | undefined {
  const sign = pace === 'slowest' ? 1 : -1;
  return queues.reduce<Q | undefined>(
    (found, queue) => (found === undefined || sign * queue.waits > sign * found.waits ? queue : found),
    undefined,
  );
}
