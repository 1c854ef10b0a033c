/** Windows of size 10, as `tumbling(10)` emits them. */
export const whole = <T>(start: number, ...values: T[]) => ({ ...span(start), partial: false, values });
export const part = <T>(start: number, ...values: T[]) => ({ ...span(start), partial: true, values });
export const span = (start: number) => ({ start, end: start + 10, key: undefined });
