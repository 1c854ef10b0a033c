/** `rxport doctor`: what this machine and the data folder are like. */
import { dataFolder } from './data-folder.js';
import type { Finding, Level } from './doctor/finding.js';
import { folderFindings } from './doctor/folder.js';
import { socketFindings } from './doctor/sockets.js';
import { tokenFindings } from './doctor/token.js';
import { toolchainFindings } from './doctor/toolchains.js';
import { versionFindings } from './doctor/versions.js';
import { withProgress } from './progress.js';
import { show } from './show.js';
import type { CommonOptions, Shell } from './shell.js';
import { printable } from './table.js';
import type { Style, Terminal } from './terminal.js';

interface DoctorOptions extends CommonOptions {
  readonly python?: string;
}

/** The exit code is 1 when something is so that rxport can not work. */
export async function doctor(shell: Shell, options: DoctorOptions): Promise<number> {
  const dir = dataFolder(shell.env, options);
  const python = options.python ?? (shell.env['RXPORT_PYTHON'] || 'python3');
  const token = tokenFindings({ file: options.tokenFile, variable: shell.env['RXPORT_TOKEN'] });
  const asked = [versionFindings(), toolchainFindings(python), folderFindings(dir), token, socketFindings()];
  const findings = (await withProgress(shell.err, 'looking', () => Promise.all(asked))).flat();
  const ok = findings.every(({ level }) => level !== 'fail');
  show(shell, options, { ok, findings }, () => findingLines(findings, shell.out));
  return ok ? 0 : 1;
}

export function findingLines(findings: readonly Finding[], { paint }: Pick<Terminal, 'paint'>): readonly string[] {
  const widest = Math.max(0, ...findings.map(({ what }) => what.length));
  const areas = [...new Set(findings.map(({ area }) => area))];
  return areas.flatMap((area) => [
    paint('bold', area),
    ...findings
      .filter((one) => one.area === area)
      .flatMap(({ level, what, found, advice }) => [
        `  ${paint(STYLES[level], MARKS[level])} ${what.padEnd(widest)}  ${printable(found)}`,
        ...(advice === undefined || level === 'ok'
          ? []
          : [`  ${' '.repeat(widest + 4)}${paint('dim', printable(advice))}`]),
      ]),
  ]);
}

const MARKS: Readonly<Record<Level, string>> = { ok: '✓', note: '·', warn: '!', fail: '✗' };
const STYLES: Readonly<Record<Level, Style>> = { ok: 'green', note: 'dim', warn: 'yellow', fail: 'red' };
