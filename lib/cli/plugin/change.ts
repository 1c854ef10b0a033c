/** The commands that change a plugin, and say in a line what they have done. */
import { basename } from 'node:path';
import type { Backend, Done, UpdateChoice } from '../backend.js';
import { withBackend } from '../find-backend.js';
import type { HostFlags } from '../host-flags.js';
import { withProgress } from '../progress.js';
import { show } from '../show.js';
import type { CommonOptions, Shell } from '../shell.js';
import { printable } from '../table.js';

type Options = CommonOptions & HostFlags;

interface InstallOptions extends Options {
  readonly name?: string;
  /** Arguments of `install.sh`, each said once. */
  readonly para?: readonly string[];
}

interface UpdateOptions extends InstallOptions, Pick<UpdateChoice, 'strategy' | 'force'> {}

export async function install(shell: Shell, options: InstallOptions, source: string): Promise<void> {
  const backend = await change(shell, options, `installing ${basename(source)}`, (on) =>
    on.install(source, { name: options.name, shellParas: options.para }),
  );
  // Who has expected one is in the wrong folder.
  if (!backend.isService && options.json !== true)
    shell.err.line(printable(`in ${backend.where}, over which no service runs: rxport serve starts one`));
}

export async function update(shell: Shell, options: UpdateOptions, name: string, source: string): Promise<void> {
  const { strategy, force, para } = options;
  await change(shell, options, `updating ${name}`, (backend) =>
    backend.update(name, source, { strategy, force, shellParas: para }),
  );
}

export async function remove(
  shell: Shell,
  options: Options & { readonly force?: boolean },
  name: string,
): Promise<void> {
  await change(shell, options, `removing ${name}`, (backend) => backend.remove(name, options.force === true));
}

export async function start(shell: Shell, options: Options, name: string): Promise<void> {
  await change(shell, options, `starting ${name}`, (backend) => backend.turn(name, 'start'));
}

export async function stop(shell: Shell, options: Options, name: string): Promise<void> {
  await change(shell, options, `stopping ${name}`, (backend) => backend.turn(name, 'stop'));
}

/** Answers what it worked on. */
async function change(
  shell: Shell,
  options: Options,
  doing: string,
  work: (backend: Backend) => Promise<Done>,
): Promise<Pick<Backend, 'isService' | 'where'>> {
  return withBackend(shell, options, async (backend) => {
    const done = await withProgress(shell.err, doing, () => work(backend));
    show(shell, options, done, () => [printable(done.text)]);
    return backend;
  });
}
