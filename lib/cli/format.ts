/** Figures as people read them. */

/** `850 ms`, `12 s`, `3 min`, `2 h`, `5 d`. */
export function span(ms: number): string {
  const steps = [
    [1_000, 'ms', 1],
    [60_000, 's', 1_000],
    [3_600_000, 'min', 60_000],
    [86_400_000, 'h', 3_600_000],
    [Infinity, 'd', 86_400_000],
  ] as const;
  const whole = Math.max(0, ms);
  const [, unit, size] = steps.find(([below]) => whole < below) ?? steps[4];
  return `${Math.floor(whole / size)} ${unit}`;
}

/** `12 s ago`; nothing for a time that is not known. */
export const ago = (at: number | undefined, now: number): string | undefined =>
  at === undefined ? undefined : `${span(now - at)} ago`;

/** `512 B`, `4.0 KiB`, `1.5 GiB`. */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, count)) / 10)));
  return step === 0 ? `${count} B` : `${(count / 1024 ** step).toFixed(1)} ${units[step]}`;
}

/** `999`, `12,345`, `1.2M`: a count that fits a column. */
export function count(value: number): string {
  if (value < 1_000_000) return Math.round(value).toLocaleString('en');
  return value < 1e9 ? `${(value / 1e6).toFixed(1)}M` : `${(value / 1e9).toFixed(1)}G`;
}

/** `2026-05-04 12:03:04.123`, in the time zone of the machine. */
export function clockTime(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 23).replace('T', ' ');
}
