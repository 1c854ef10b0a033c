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

export const install = (shell: Shell, options: InstallOptions, source: string): Promise<void> =>
  change(shell, options, `installing ${basename(source)}`, (backend) =>
    backend.install(source, { name: options.name, shellParas: options.para }),
  );

export const update = (shell: Shell, options: UpdateOptions, name: string, source: string): Promise<void> =>
  change(shell, options, `updating ${name}`, (backend) => {
    const { strategy, force, para } = options;
    return backend.update(name, source, { strategy, force, shellParas: para });
  });

export const remove = (shell: Shell, options: Options & { readonly force?: boolean }, name: string): Promise<void> =>
  change(shell, options, `removing ${name}`, (backend) => backend.remove(name, options.force === true));

export const start = (shell: Shell, options: Options, name: string): Promise<void> =>
  change(shell, options, `starting ${name}`, (backend) => backend.turn(name, 'start'));

export const stop = (shell: Shell, options: Options, name: string): Promise<void> =>
  change(shell, options, `stopping ${name}`, (backend) => backend.turn(name, 'stop'));

async function change(
  shell: Shell,
  options: Options,
  doing: string,
  work: (backend: Backend) => Promise<Done>,
): Promise<void> {
  const done = await withBackend(shell, options, (backend) => withProgress(shell.err, doing, () => work(backend)));
  show(shell, options, done, () => [printable(done.text)]);
}
