/** Two set-ups never work in one folder at a time: `npm start` beside `npm test` waits for it. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './step.mjs';

const file = `${root}.cache/setup.lock`;

export async function locked(work) {
  mkdirSync(`${root}.cache`, { recursive: true });
  for (let announced = false; !claim();) {
    const pid = owner();
    // Released since.
    if (pid === undefined) continue;
    if (!isAlive(pid)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!announced) console.error(`setup: another set-up (process ${pid}) is at work here, waiting for it`);
    announced = true;
    await sleep(200);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  // Without a listener these end the process before 'exit' is emitted.
  const quit = () => process.exit(130);
  process.once('SIGINT', quit).once('SIGTERM', quit);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release).off('SIGINT', quit).off('SIGTERM', quit);
  }
}

/** A link appears with its content; a file created and then written can be read while it is empty. */
function claim() {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (cause) {
    if (cause.code !== 'EEXIST') throw cause;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function owner() {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause.code === 'EPERM';
  }
}
