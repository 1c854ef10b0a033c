/** Fails the run when sockets or processes of it are left; removes them first, so that the next run starts clean. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export default async function globalTeardown() {
  const run = process.env.RXPORT_TEST_RUN;
  const folder = `/tmp/rxt-${run}`;
  const processes = await lingering(run);
  for (const { pid } of processes) kill(pid);
  const sockets = socketsOf(run, folder);
  for (const path of sockets) rmSync(path, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });

  const left = [...processes.map(({ pid, command }) => `process ${pid}: ${command}`), ...sockets];
  if (left.length === 0) return;
  countAsFailure();
  throw new Error(
    `the run left behind:\n  ${left.join('\n  ')}\nStop hosts and close sockets at the end of each spec.`,
  );
}

/** What is still there after a second: a process that was told to stop may need a moment. */
async function lingering(run) {
  const end = Date.now() + 1_000;
  let found = processesOf(run);
  while (found.length > 0 && Date.now() < end) {
    await sleep(50);
    found = processesOf(run);
  }
  return found;
}

/** Every process that was started with the id of the run, at any depth; Jest's own workers are none. */
function processesOf(run) {
  return list('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(`RXPORT_TEST_RUN=${run}`))
    .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).split('\0').join(' ').trim() }))
    .filter(({ command }) => !command.includes('jest-worker'));
}

/** Sockets with a name of the run, and private socket folders. */
function socketsOf(run, folder) {
  const named = list('/tmp').filter((name) => name.includes(`rxt-${run}`) && join('/tmp', name) !== folder);
  return [...named.map((name) => join('/tmp', name)), ...privateFolders(folder), ...socketsIn(folder)];
}

const privateFolders = (folder) =>
  list(folder)
    .filter((name) => name.startsWith('rxport-'))
    .map((name) => join(folder, name));

function socketsIn(folder) {
  return list(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isSocket() && !entry.parentPath.startsWith(join(folder, 'rxport-')))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The last line of `npm test` counts it too. */
function countAsFailure() {
  const file = process.env.RXPORT_TEST_SUMMARY;
  if (!file) return;
  const summary = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...summary, failed: summary.failed + 1 }));
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone since.
  }
}

/** Nothing where there is no such folder: systems without /proc. */
function list(folder, options) {
  try {
    return readdirSync(folder, options);
  } catch {
    return [];
  }
}

/** Processes end, and those of other users can not be read. */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
