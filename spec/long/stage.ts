/** A host with the plugins of a long run, and where to look at them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Host, type Logger } from '../../lib/index.js';
import { silent } from '../bench/hosts.js';
import { tempFolder, unique } from '../bench/plugins.js';
import { type Names, type Subject, subjectPython, subjects } from '../helpers/subject.js';

export const names: Names = { tempFolder, unique };

/** Those that can run here, or the one that `--only` names; says which can not. */
export function available(): readonly Subject[] {
  const { only = '' } = options();
  return subjects(names).filter(({ language, missing }) => {
    if (!language.includes(String(only))) return false;
    if (missing !== undefined) console.log(`${language} skipped: ${missing}`);
    return missing === undefined;
  });
}

export interface Stage {
  readonly host: Host;
  readonly ipcDir: string;
}

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** `errors` gets what the host logs as an error: why a process was started again, say. */
export async function openHost(errors: string[] = []): Promise<Stage> {
  const ipcDir = mkdtempSync('/tmp/l-');
  folders.push(ipcDir);
  const logger: Logger = {
    ...silent,
    error: (_fields, text) => void errors.push(text),
    child: () => logger,
  };
  const host = await Host.start({ dir: join(tempFolder(), 'data'), ipcDir, logger, pythonBin: subjectPython });
  return { host, ipcDir };
}

/** Numbers given as `--name=value`; those of the other programs are let pass. */
export function numbers<Name extends string>(defaults: Readonly<Record<Name, number>>): Readonly<Record<Name, number>> {
  const values = options();
  const read = ([name, otherwise]: [string, number]): [string, number] => {
    const value = values[name] === undefined ? otherwise : Number(values[name]);
    if (!(value > 0)) throw new Error(`--${name} takes a number above 0`);
    return [name, value];
  };
  return Object.fromEntries(Object.entries<number>(defaults).map(read)) as Record<Name, number>;
}

const options = (): Readonly<Record<string, unknown>> => parseArgs({ options: {}, strict: false }).values;

/** Where the process of a plugin is now; undefined while it has none. */
export const pidOf =
  (host: Host, { name }: Subject) =>
  (): number | undefined => {
    const { state } = host.plugins.get(name);
    return state.phase === 'ready' ? state.pid : undefined;
  };
