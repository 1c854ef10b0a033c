import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly system: string;
  readonly node: string;
  /** Of the packages that are compared, as installed. */
  readonly packages: Readonly<Record<string, string>>;
  /** Of the day, not of the moment. */
  readonly date: string;
}

const COMPARED = ['rxjs', 'nanomsg', '@grpc/grpc-js'];
const GIB = 1024 ** 3;

/** No name of a host, no path: tables are published. */
export const describeMachine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
  cores: cpus().length,
  memory: `${(totalmem() / GIB).toFixed(0)} GiB`,
  // What a kernel is called beyond its version says where it runs.
  system: `${type()} ${release().split('.').slice(0, 2).join('.')} ${arch()}`,
  node: process.version,
  packages: Object.fromEntries(COMPARED.map((name) => [name, versionOf(name)])),
  date: new Date().toISOString().slice(0, 10),
});

export const machineText = ({ cpu, cores, memory, system, node, packages }: Machine): string =>
  [
    `${cores} cores (${cpu})`,
    memory,
    system,
    `Node ${node}`,
    ...Object.entries(packages).map(([name, version]) => `${name} ${version}`),
  ].join(', ');

function versionOf(name: string): string {
  try {
    const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string };
    return version;
  } catch {
    return 'not installed';
  }
}
