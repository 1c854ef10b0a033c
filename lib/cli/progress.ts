/** A line on a terminal while something takes long; nothing where nobody looks. */
import type { Subscription } from 'rxjs';
import { every, systemClock } from '../clock.js';
import { span } from './format.js';
import type { Terminal } from './terminal.js';

const INTERVAL = 120;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** `⠹ installing thermo.zip 3 s`, in place, on stderr; gone when `work` has ended. */
export async function withProgress<T>(err: Terminal, what: string, work: () => Promise<T>): Promise<T> {
  if (!err.isTTY) return work();
  const start = systemClock.now();
  let frame = 0;
  const draw = (): void => {
    frame += 1;
    const text = `${FRAMES[frame % FRAMES.length]} ${what} ${span(systemClock.now() - start)}`;
    err.write(`\r\x1b[K${[...text].slice(0, err.columns - 1).join('')}`);
  };
  const timer: Subscription = every(systemClock, INTERVAL, draw);
  try {
    return await work();
  } finally {
    timer.unsubscribe();
    err.write('\r\x1b[K');
  }
}
