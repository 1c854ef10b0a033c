/** The start of the window of `size` that holds `time`; windows are aligned to the epoch. */
export const startOf = (time: number, size: number): number => Math.floor(time / size) * size;
