/** Python plugins with requirements that no network is needed for. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, RunCommand } from '../../lib/install/command.js';
import { systemClock } from '../../lib/clock.js';
import { Environments } from '../../lib/install/environments.js';
import { load, type InstalledPlugin } from '../../lib/install/install.js';
import { pluginEnvironment } from '../../lib/process/environment.js';
import { commandRunner } from '../../lib/process/run-command.js';
import { findSetpriv } from '../../lib/process/setpriv.js';
import { SpawnRecords } from '../../lib/process/spawn-records.js';
import { silent } from './host.js';
import { writeTree } from './tree.js';
import { tempFolder } from './unique.js';
import { filesOf, makeZip } from './zip.js';

export const WHEEL = 'greeter-1.0-py3-none-any.whl';

/** A package `greeter` that knows one word. */
export function writeWheel(dir: string, word: string): void {
  const info = 'greeter-1.0.dist-info';
  const files = {
    'greeter.py': `WORD = ${JSON.stringify(word)}\n`,
    [`${info}/METADATA`]: 'Metadata-Version: 2.1\nName: greeter\nVersion: 1.0\n',
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: spec\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: `greeter.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
  };
  writeFileSync(join(dir, WHEEL), makeZip(filesOf(files)));
}

export interface PythonOptions {
  readonly type?: 'venv' | 'uv';
  readonly requirements?: string;
  readonly word?: string;
}

/** A plugin in a folder, with the wheel beside it. */
export async function pythonPlugin(name: string, options: PythonOptions = {}): Promise<InstalledPlugin> {
  const { type = 'venv', requirements = `./${WHEEL}`, word = 'hello' } = options;
  const dir = join(tempFolder(), name);
  await writeTree(dir, {
    [`${name}.json`]: JSON.stringify({
      language: 'python',
      executable: 'main.py',
      functions: ['f'],
      virtualEnvType: type,
    }),
    'main.py': '',
    'requirements.txt': requirements,
  });
  writeWheel(dir, word);
  return load(dir);
}

/** Stands for uv, which may not be there: the same commands, carried out by Python's own tools. */
export function standInForUv(): string {
  const file = join(tempFolder(), 'uv');
  const lines = [
    '#!/bin/sh',
    'case "$1" in',
    // venv --quiet --python P DIR
    'venv) exec "$4" -m venv --without-pip "$5" ;;',
    // pip install --quiet --compile-bytecode --python P -r FILE
    'pip) exec "$6" -m zipfile -e "$(cat "$8")" "$("$6" -c "import site; print(site.getsitepackages()[0])")" ;;',
    'esac',
    'exit 9',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Environments in a folder of their own, and what has been run for them. */
export function environmentsIn(dir: string, settings: { pythonBin?: string; uvBin?: string; timeout?: number } = {}) {
  const ran: Command[] = [];
  const records = new SpawnRecords(dir, { clock: systemClock, log: silent });
  const env = (): Readonly<Record<string, string>> => pluginEnvironment(process.env);
  const real = commandRunner({ records, clock: systemClock, setpriv: findSetpriv(), env });
  const run: RunCommand = (command, limits) => {
    ran.push(command);
    return real(command, limits);
  };
  const folder = join(dir, 'envs');
  return { folder, ran, environments: new Environments({ folder, run, timeout: 60_000, ...settings }) };
}
