/** `rxport new` and `rxport pack`. */
import { relative, resolve } from 'node:path';
import type { Packed } from '../packing/pack.js';
import { bytes } from './format.js';
import { withProgress } from './progress.js';
import { show } from './show.js';
import type { CommonOptions, Shell } from './shell.js';
import { pairs, printable } from './table.js';

interface NewOptions extends CommonOptions {
  readonly lang: 'ts' | 'python' | 'go';
  readonly into?: string;
}

export async function scaffoldPlugin(shell: Shell, options: NewOptions, name: string): Promise<void> {
  const { lang, into = '.' } = options;
  const { scaffold } = await import('../packing/scaffold.js');
  const made = await scaffold({ name, lang, into: resolve(into) });
  const dir = relative('', made.dir) || '.';
  show(shell, options, made, () => [
    `plugin ${name} is made in ${dir}:`,
    ...made.files.map((file) => `  ${file}`),
    '',
    `try it:     rxport dev ${dir}`,
    `pack it:    rxport pack ${dir}`,
    `install it: rxport plugin install ${name}.zip`,
  ]);
}

interface PackOptions extends CommonOptions {
  readonly out?: string;
  readonly for: 'rxport' | 'ekuiper';
}

export async function packPlugin(shell: Shell, options: PackOptions, folder = '.'): Promise<void> {
  const { out, for: target } = options;
  const { pack } = await import('../packing/pack.js');
  const packed = await withProgress(shell.err, `packing ${folder}`, () =>
    pack({
      folder: resolve(folder),
      forEkuiper: target === 'ekuiper',
      signal: shell.signal,
      ...(out !== undefined && { out: resolve(out) }),
    }),
  );
  for (const note of options.json === true ? [] : packed.notes) shell.err.line(printable(note));
  show(shell, options, packed, () => pairs(facts(packed), shell.out));
}

const facts = ({ file, bytes: size, files, sha256 }: Packed): Readonly<Record<string, string | number>> => ({
  packed: relative('', file),
  files,
  size: bytes(size),
  sha256,
});
