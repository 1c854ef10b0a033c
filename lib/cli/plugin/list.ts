import type { PluginEntry, PluginStatus } from '../answers.js';
import type { Backend } from '../backend.js';
import { withBackend } from '../find-backend.js';
import { show } from '../show.js';
import type { CommonOptions, Shell } from '../shell.js';
import { type Column, table } from '../table.js';
import { paintStatus } from './paint-status.js';

type Row = PluginEntry & Pick<PluginStatus, 'status' | 'refCount' | 'errMsg'>;

/** A service answers so many questions at once. */
const AT_ONCE = 8;

export async function list(shell: Shell, options: CommonOptions): Promise<void> {
  await withBackend(shell, options, async (backend) => {
    const rows = await rowsOf(backend);
    show(shell, options, rows, () =>
      rows.length === 0 ? [`${backend.where} has no plugins`] : paintStatus(table(columns, rows, shell.out), shell.out),
    );
  });
}

async function rowsOf(backend: Backend): Promise<readonly Row[]> {
  const waiting = [...(await backend.plugins())];
  const rows = new Map<PluginEntry, Row>(waiting.map((entry) => [entry, { ...entry, ...GONE }]));
  const work = async (): Promise<void> => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
      // Removed meanwhile, perhaps.
      const status = await backend.status(entry.name).catch(() => GONE);
      rows.set(entry, { ...entry, status: status.status, refCount: status.refCount, errMsg: status.errMsg });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return [...rows.values()];
}

const GONE = { status: 'unknown', refCount: {}, errMsg: '' };

const columns: readonly Column<Row>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'VERSION', cell: ({ version }) => version },
  { title: 'LANGUAGE', cell: ({ language }) => language },
  { title: 'STATUS', cell: ({ status }) => status },
  { title: 'RULES', cell: ({ refCount }) => Object.keys(refCount).length, align: 'right' },
  { title: 'SOURCES', cell: ({ sources = [] }) => sources.join(', '), long: true },
  { title: 'SINKS', cell: ({ sinks = [] }) => sinks.join(', '), long: true },
  { title: 'FUNCTIONS', cell: ({ functions = [] }) => functions.join(', '), long: true },
  { title: 'ERROR', cell: ({ errMsg }) => errMsg, long: true },
];
